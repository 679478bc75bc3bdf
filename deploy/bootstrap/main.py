# SPDX-License-Identifier: Apache-2.0
"""The commands of ./toancanh and their options."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bootstrap import backup, bench, data_home, demo, packages, setup, single, suite
from bootstrap.console import Failure, Interrupted, complain

_PRODUCT = {
    "serve": "máy chủ · the server alone",
    "relay": "chuyển tiếp thay đổi · the relay (one at a time)",
    "connect": "lấy dữ liệu từ các hệ thống · fetch from connected systems (one at a time)",
    "worker": "việc nền · the worker",
    "migrate": "lược đồ dữ liệu · bring the schema up to date",
    "key": "khoá của nguồn và máy khách GIS · keys (key create --source S [--role viewer])",
    "source": "nguồn kết nối · connected systems (source check FILE, source infer URL)",
    "boundaries": "kiểm tra tệp ranh giới · boundary files (boundaries check FILE --set SET)",
    "user": "tài khoản · accounts (user add NAME --role operator [--area SET/CODE])",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="toancanh", description="Toàn Cảnh: bản đồ điều hành · operations map")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="thư mục dữ liệu · data folder")
    common.add_argument("--yes", action="store_true", help="đồng ý cài gói bằng sudo · install packages without asking")

    shown = commands.add_parser("demo", parents=[common], help="tất cả, với dữ liệu minh hoạ · everything, demo data")
    shown.add_argument("--port", type=_port, default=8000)
    shown.add_argument("--host", default="127.0.0.1")
    shown.add_argument("--no-live", action="store_true", help="không có sự việc mới · no live incidents")
    shown.add_argument("--no-browser", action="store_true", help="không mở trình duyệt · do not open a browser")
    for name, text in _PRODUCT.items():
        commands.add_parser(name, parents=[common], help=text, allow_abbrev=False, add_help=False)
    simulated = commands.add_parser(
        "simulate", parents=[common], help="một bộ mô phỏng · one simulator", allow_abbrev=False
    )
    simulated.add_argument("name", nargs="?", default="list", help="để trống: danh sách · left out: lists them")
    tested = commands.add_parser("test", parents=[common], help="mọi kiểm thử · every test", allow_abbrev=False)
    tested.add_argument("--fast", action="store_true", help="bỏ kiểm tra tĩnh · pytest only")
    beside = "đo so với máy chủ khác · measured beside peers"
    commands.add_parser("bench", parents=[common], help=beside, allow_abbrev=False, add_help=False)
    saved = commands.add_parser("backup", parents=[common], help="sao lưu · save the database to a file")
    saved.add_argument("file", type=Path)
    restored = commands.add_parser("restore", parents=[common], help="khôi phục · put a saved database in place")
    restored.add_argument("file", type=Path)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("1..65535")
    return number


def main(root: str, words: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure")(encoding="utf-8", errors="replace")  # noqa: B009 - TextIO lacks it in types
    if not sys.platform.startswith("linux"):
        complain("Toàn Cảnh chạy trên Linux · the launcher runs on Linux; elsewhere use docker-compose.yml")
        return 2
    options, rest = _parser().parse_known_args(list(words))
    if rest and options.command not in {*_PRODUCT, "simulate", "test", "bench"}:
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    setup.raise_on_signals()
    try:
        return _run(Path(root), options, rest)
    except Failure as failure:
        complain(str(failure))
        return failure.code
    except Interrupted:
        complain("\nĐã ngắt; chạy lại sẽ tiếp tục · interrupted; run it again to go on")
        return 130


def _run(root: Path, options: argparse.Namespace, rest: Sequence[str]) -> int:
    folder = (options.data or data_home.default_folder()).expanduser().absolute()
    rights = packages.Rights(assume_yes=options.yes)
    place = setup.Workplace(root, folder, setup.base_environment(root), rights)
    if options.command == "demo":
        chosen = demo.Options(options.host, options.port, not options.no_live, not options.no_browser)
        return demo.run(place, chosen)
    if options.command == "test":
        return suite.run(place, rest, fast=options.fast)
    if options.command == "bench":
        return bench.run(place, rest)
    if options.command == "simulate":
        return single.simulate(place, options.name, rest)
    if options.command == "backup":
        return backup.save(place, options.file.absolute())
    if options.command == "restore":
        return backup.restore(place, options.file.absolute())
    return single.run(place, options.command, rest)
