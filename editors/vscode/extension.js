// Starts `preflight lsp`, and tells it whether the workspace is trusted.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const NAMES = ["stack", "policyPack", "config", "baseline", "timeout"];
const LANGUAGES = ["python", "yaml", "javascript", "typescript"];
let client;

function settings() {
  const all = vscode.workspace.getConfiguration("preflight");
  const set = NAMES.map((name) => [name, all.get(name)]);
  return Object.fromEntries(set.filter(([, value]) => value !== null && value !== undefined));
}

async function start() {
  const command = vscode.workspace.getConfiguration("preflight").get("command");
  client = new LanguageClient(
    "preflight",
    "Preflight",
    { command, args: ["lsp"] },
    {
      documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
      initializationOptions: { ...settings(), trusted: vscode.workspace.isTrusted },
    },
  );
  await client.start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(async () => {
      await client?.stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("preflight")) {
        client?.sendNotification("workspace/didChangeConfiguration", {
          settings: { preflight: settings() },
        });
      }
    }),
  );
  await start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
