"""Proof: what packs cost (performance.md): memory in every run; the processor's time in the long form."""

import subprocess
import sys

import pytest

from tests.benchmarks import bench_pack
from tests.proofs import LONG, figure

MOST_MB = 250
#: In a process of its own: what this one has used before must not count. It prints pages and kilobytes.
CHILD = """
from io import BytesIO
from uuid import UUID
import pikepdf
from agenda.pdf import draw
from meetingsvc.packs import Stamp, stamp_many
from tests.a_pack import WHEN, a_full_pack, built_fonts
fonts = built_fonts()
base = draw(a_full_pack(32), fonts)
people = ((Stamp(f"Person {n}", "Fellside Housing", n, WHEN, UUID(int=n)), "x") for n in range(1, 17))
for copy in stamp_many(base, people, fonts):
    pass
with pikepdf.open(BytesIO(base)) as pdf:
    print(len(pdf.pages))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


@pytest.mark.one_database
def test_a_pack_of_120_pages_takes_less_than_250_mb() -> None:
    made = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    pages, kilobytes = map(int, made.stdout.split())
    megabytes = kilobytes // 1024
    figure(
        "pack, memory", "{pages} pages, drawn and stamped for 16: {mb} MB at most", pages=pages, mb=megabytes
    )
    assert pages >= 120 and megabytes < MOST_MB


@pytest.mark.one_database
@pytest.mark.skipif(not LONG, reason="measured in the long form, and by `make bench`")
def test_a_pack_for_16_recipients_takes_little_more_than_one_plain_render() -> None:
    found = {name: (ratio, target) for name, ratio, target in bench_pack.run(5)}
    for name, (ratio, target) in found.items():
        figure("pack, time", f"{name}: {{percent}} %, at most {{most}} %", percent=round(ratio * 100),
               most=round(target * 100))  # fmt: skip
        assert ratio <= target, (name, ratio)
