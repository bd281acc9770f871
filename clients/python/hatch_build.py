"""Generates what the package has beside its own code: see "How it is made" in README.md."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Exact, so that the same document always gives the same code.
GENERATORS = ["openapi-python-client==0.29.1", "ruff==0.17.6", "unasync==0.6.0"]

PACKAGE = Path("src", "telegram_gateway_client")


class GenerateCode(BuildHookInterface):
    """Runs before a wheel or an sdist is packed. An sdist has the generated code, and needs no generator."""

    def dependencies(self) -> list[str]:
        return [] if self.is_generated() else GENERATORS

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.is_generated():
            return
        root = Path(self.root)
        generate_api(root)
        generate_sync(root / PACKAGE)

    def is_generated(self) -> bool:
        return Path(self.root, "PKG-INFO").exists()


def generate_api(root: Path) -> None:
    """Models and calls, from the gateway's OpenAPI document."""
    from openapi_python_client import MetaType, generate
    from openapi_python_client.config import Config, ConfigFile

    output = root / PACKAGE / "openapi"
    shutil.rmtree(output, ignore_errors=True)
    document = json.loads((root / "openapi.json").read_text("utf-8"))
    leave_plain_calls(document)
    with TemporaryDirectory() as folder:
        source = Path(folder, "openapi.json")
        source.write_text(json.dumps(document), "utf-8")
        config = Config.from_sources(
            ConfigFile(literal_enums=True, post_hooks=[]),
            MetaType.NONE,
            document_source=source,
            file_encoding="utf-8",
            overwrite=True,
            output_path=output,
        )
        problems = generate(config=config, custom_template_path=root / "templates")
    if problems:
        raise RuntimeError("\n".join(f"{problem.header} {problem.detail}" for problem in problems))
    # The package has its own client and its own error.
    for unused in ("client.py", "errors.py"):
        (output / unused).unlink()
    (output / "__init__.py").write_text('"""Generated from openapi.json."""\n', "utf-8")
    # For people who read it. The rules: imports in order, none that is not used.
    for command in (["check", "--fix-only", "--select=I,F401"], ["format"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--quiet", "--no-respect-gitignore", output], check=True
        )


def leave_plain_calls(document: dict[str, Any]) -> None:
    """
    Leaves only success answers, since errors are raised, and no operations that answer with a stream or a file:
    the package has methods for these.
    """
    not_plain = {"text/event-stream", "application/octet-stream"}
    for path, operations in list(document["paths"].items()):
        for method, operation in list(operations.items()):
            answers = {
                status: answer for status, answer in operation["responses"].items() if status[0] == "2"
            }
            operation["responses"] = answers
            contents = [set(answer.get("content", {})) for answer in answers.values()]
            if any(content and content <= not_plain for content in contents):
                del operations[method]
        if not operations:
            del document["paths"][path]


# What unasync does not know by itself.
SYNC_NAMES = {
    "AsyncGateway": "Gateway",
    "AsyncClient": "Client",
    "AsyncBaseTransport": "BaseTransport",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "_async": "_sync",
    "aclose": "close",
    "aclosing": "closing",
    "aiter_bytes": "iter_bytes",
    "aiter_sse": "iter_sse",
    "aread": "read",
    "async_sleep": "sleep",
}


def generate_sync(package: Path) -> None:
    """`_sync` from `_async`: the same code without `async` and `await`."""
    import unasync

    target = package / "_sync"
    shutil.rmtree(target, ignore_errors=True)
    rule = unasync.Rule("/_async/", "/_sync/", additional_replacements=SYNC_NAMES)
    unasync.unasync_files([str(file) for file in sorted((package / "_async").glob("*.py"))], [rule])
