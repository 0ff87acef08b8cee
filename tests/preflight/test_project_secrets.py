"""Secure values, on ciphertexts that the real engine made with the passphrase `x`."""

from pathlib import Path

import pytest

from pulumi_preflight.errors import ProgramError, ProjectError
from pulumi_preflight.project import load_project
from pulumi_preflight.project.stack_config import decrypter
from tests.preflight.running import WriteProject, run_loaded

SALT = "v1:4ZLI7rDGPpw=:v1:PjW4GkOie2h+sNxw:UANz8LuSoiuuI4eHVUXHIVE7ox37ZA=="
SECURE = "v1:WC7WexHp/yU2q4iO:aKuEgJfP9BihTvBQ59UxgBdxug=="
PLAIN = '"x"'
STACK_FILE = f"""
encryptionsalt: {SALT}
config:
  shop:password: {{secure: "{SECURE}"}}
  shop:database:
    user: admin
    password: {{secure: "{SECURE}"}}
"""


def test_values_are_decrypted_with_the_passphrase(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": STACK_FILE})
    config = load_project(folder, stack="dev", environment={"PULUMI_CONFIG_PASSPHRASE": "x"}).config
    assert config["shop:password"].text == PLAIN
    assert config["shop:database"].text == '{"password":"\\"x\\"","user":"admin"}'
    assert all(value.secret for value in config.values())


def test_a_secure_value_of_the_project_file_is_decrypted(write_project: WriteProject) -> None:
    declared = {"password": {"value": {"secure": SECURE}}}
    files = {"Pulumi.dev.yaml": f"encryptionsalt: {SALT}"}
    folder = write_project("", project={"config": declared}, files=files)
    config = load_project(folder, stack="dev", environment={"PULUMI_CONFIG_PASSPHRASE": "x"}).config
    assert config["shop:password"].secret_texts == (PLAIN,)
    assert config["shop:password"].text == PLAIN


def test_the_passphrase_may_be_in_a_file(write_project: WriteProject, tmp_path: Path) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": STACK_FILE, "passphrase": "x\n"})
    environment = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    config = load_project(folder, stack="dev", environment=environment).config
    assert config["shop:password"].text == PLAIN


def test_without_passphrase_they_are_placeholders_and_still_secret(
    write_project: WriteProject,
) -> None:
    project = load_project(
        write_project("", files={"Pulumi.dev.yaml": STACK_FILE}), stack="dev", environment={}
    )
    assert (project.config["shop:password"].text, project.config["shop:password"].secret) == (
        "[secret]",
        True,
    )
    assert project.config["shop:database"].text == '{"password":"[secret]","user":"admin"}'


def test_placeholders_leave_a_note(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": STACK_FILE})
    [note] = load_project(folder, stack="dev", environment={}).notes
    assert note.startswith("shop:database, shop:password: not decrypted")


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        pytest.param("awskms://alias/shop?region=us-east-1", "awskms encrypted it", id="awskms"),
        pytest.param("gcpkms://projects/p/locations/l", "gcpkms encrypted it", id="gcpkms"),
        pytest.param("azurekeyvault://shop.vault.azure.net/keys/k", "azurekeyvault", id="azure"),
        pytest.param("hashivault://shop", "hashivault encrypted it", id="hashivault"),
    ],
)
def test_what_a_cloud_encrypted_is_a_placeholder_that_is_secret(
    write_project: WriteProject, provider: str, reason: str
) -> None:
    text = f"""
secretsprovider: {provider}
encryptedkey: AQICAHg=
config:
  shop:password: {{secure: "v1:abc:def"}}
  shop:database: {{user: admin, password: {{secure: "v1:abc:def"}}}}
"""
    declared = {"password": {"type": "integer", "secret": True}}
    folder = write_project("", project={"config": declared}, files={"Pulumi.dev.yaml": text})
    # A passphrase, which other stacks may need, decrypts nothing here.
    environment = {"PULUMI_CONFIG_PASSPHRASE": "x"}
    project = load_project(folder, stack="dev", environment=environment)
    assert {key: (value.text, value.secret) for key, value in project.config.items()} == {
        "shop:password": ("[secret]", True),
        "shop:database": ('{"password":"[secret]","user":"admin"}', True),
    }
    [note] = project.notes
    assert note.startswith("shop:database, shop:password: not decrypted, since ")
    assert reason in note


def test_what_pulumi_cloud_encrypted_is_said_to_be_so(write_project: WriteProject) -> None:
    text = 'config: {shop:password: {secure: "AAABAK"}}'
    folder = write_project("", files={"Pulumi.dev.yaml": text})
    environment = {"PULUMI_CONFIG_PASSPHRASE": "x"}
    [note] = load_project(folder, stack="dev", environment=environment).notes
    assert "Pulumi Cloud encrypted it" in note


@pytest.mark.parametrize(
    ("program", "keys"),
    [
        pytest.param("config.require_int('password')", "shop:password", id="of-a-kind"),
        pytest.param(
            "raise ValueError(config.require('password'))",
            "shop:database, shop:password",
            id="of-the-program",
        ),
    ],
)
def test_an_error_on_a_placeholder_says_how_to_give_the_value(
    write_project: WriteProject, program: str, keys: str
) -> None:
    text = f"import pulumi\nconfig = pulumi.Config()\n{program}"
    folder = write_project(text, files={"Pulumi.dev.yaml": STACK_FILE})
    with pytest.raises(ProgramError) as raised:
        run_loaded(load_project(folder, stack="dev", environment={}))
    assert raised.value.hint == (
        f"the program saw [secret] in place of {keys}, which preflight cannot decrypt; "
        f"--config {keys.partition(',')[0]}=VALUE gives it a value"
    )


def test_a_wrong_passphrase_is_said(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": STACK_FILE})
    with pytest.raises(ProjectError, match="the passphrase is wrong for its encryptionsalt"):
        load_project(folder, stack="dev", environment={"PULUMI_CONFIG_PASSPHRASE": "y"})


@pytest.mark.parametrize(
    ("salt", "ciphertext", "wanted"),
    [
        pytest.param("v2:x", SECURE, "encryptionsalt is 'v2:x'", id="salt-of-another-version"),
        pytest.param("v1:!", SECURE, "encryptionsalt is 'v1:!'", id="salt-that-is-no-base64"),
        pytest.param(
            SALT, SECURE[:-4], "the secure value of 'password' is damaged", id="cut-short"
        ),
        pytest.param(
            SALT, "v2:a:b", "the secure value of 'password' is damaged", id="other-version"
        ),
    ],
)
def test_a_damaged_value_is_said(salt: str, ciphertext: str, wanted: str) -> None:
    environment = {"PULUMI_CONFIG_PASSPHRASE": "x"}
    decrypt = decrypter({"encryptionsalt": salt}, environment, Path("Pulumi.dev.yaml"))
    with pytest.raises(ProjectError, match=wanted):
        decrypt("password", ciphertext)
