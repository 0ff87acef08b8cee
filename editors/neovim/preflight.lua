-- Preflight in Neovim 0.7 and later. Neovim 0.11 and later need no file: docs/editor.md has lines
-- for `vim.lsp.config`.
--
--   dofile("/path/of/preflight.lua").setup({ trusted = { "~/work/infra" } })

local M = {}

local filetypes = { "python", "yaml", "javascript", "typescript" }

-- The folder that is opened: the repository, or else the project.
local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  local git = vim.fn.finddir(".git", folder .. ";")
  if git == "" then
    git = vim.fn.findfile(".git", folder .. ";")
  end
  local found = git ~= "" and git or vim.fn.findfile("Pulumi.yaml", folder .. ";")
  -- The full path of a folder ends with a slash.
  local full = vim.fn.fnamemodify(found, ":p"):gsub("/$", "")
  return found ~= "" and vim.fn.fnamemodify(full, ":h") or nil
end

local function attach(config, buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  if file == "" or vim.fn.findfile("Pulumi.yaml", folder .. ";") == "" then
    return
  end
  local root = root_of(file)
  local own = vim.tbl_extend("force", config, { root_dir = root })
  if vim.lsp.start then
    vim.lsp.start(own, { bufnr = buffer })
    return
  end
  M.clients = M.clients or {}
  M.clients[root] = M.clients[root] or vim.lsp.start_client(own)
  vim.lsp.buf_attach_client(buffer, M.clients[root])
end

-- `options` are the settings of docs/editor.md, and `cmd` where the command is not on PATH.
function M.setup(options)
  local settings = vim.tbl_extend("force", {}, options or {})
  local cmd = settings.cmd or { "preflight", "lsp" }
  settings.cmd = nil
  local config = { name = "preflight", cmd = cmd, init_options = settings }
  vim.api.nvim_create_autocmd("FileType", {
    pattern = filetypes,
    callback = function(event)
      attach(config, event.buf or vim.api.nvim_get_current_buf())
    end,
  })
end

return M
