"""A clerk who reads Spanish imports on the command line: every line of it is Spanish."""

import json
from pathlib import Path

import pytest

from server import cli
from server.db.database import Database
from tests.support.csv_office import CODES, DAYS

Said = tuple[int, str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A district whose attendance has a line that cannot be taken."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in {
        "schools.csv": "school_id,name\n1,Escuela Uno\n",
        "calendar.csv": "school_id,date,event\n"
        + "".join(f"1,{day},Instructional day\n" for day in DAYS),
        "students.csv": "student_id,first_name,last_name\n100,Ana,Pe\u00f1a\n",
        "enrollments.csv": "student_id,school_id,school_year,grade\n100,1,2025-26,09\n",
        "codes.csv": CODES,
        "attendance.csv": f"student_id,school_id,date,code\n100,1,{DAYS[0]},U\n999,1,{DAYS[0]},U\n",
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, *words: str) -> Said:
    code = cli.main(["import", *words, "--dir", str(tmp_path), "--lang", "es"])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_report_quarantine_runs_and_undo_are_spanish(
    db: Database, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report, progress = run(capsys, tmp_path, str(folder))
    assert code == 0
    assert "Importado." in report
    assert "attendance.csv: 2 leídas, 1 añadidas" in report
    assert "En cuarentena: 1" in report
    assert "Ningún estudiante" in report
    assert "No student" not in report
    assert "attendance.csv, línea 3, fila 2, student_id '999'" in report
    assert "leído como correcciones" in report
    assert "Leyendo 6 archivos" in progress
    assert "Escuela 1 de 1 hecha" in progress

    held = run(capsys, tmp_path, "quarantine")[1]
    assert held.startswith("En cuarentena: 1")
    assert "Ningún estudiante" in held

    listed = run(capsys, tmp_path, "runs")[1]
    assert "hecha" in listed
    assert "1 en cuarentena" in listed
    shown = run(capsys, tmp_path, "show", listed[:13])[1]
    assert "attendance.csv: 2 leídas" in shown

    undone = run(capsys, tmp_path, "undo", listed[:13])[1]
    assert "se deshizo" in undone
    assert "porque otra cosa se refiere a ellos: 100." in undone


def test_a_refusal_is_spanish_and_a_program_gets_both(
    db: Database, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "attendance.csv").write_text(
        f"student_id,school_id,date,code\n100,1,{DAYS[0]},ZZ\n", encoding="utf-8"
    )

    code, _, said = run(capsys, tmp_path, str(folder))
    assert code == 1
    assert "Un borrador de codes.csv, para completar:" in said
    assert "Rechazado, no se cambió nada: No se sabe qué significan estos códigos" in said
    told = json.loads(run(capsys, tmp_path, str(folder), "--json")[1])
    assert told["detail"].startswith("What these attendance codes mean")
    assert told["detail_es"].startswith("No se sabe qué significan")


def test_a_draft_and_the_faults_of_a_profile_are_spanish(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "faltas.csv"
    table.write_text("Kid,Date,Code\n1,01/02/2024,U\n2,01/02/2024,U\n", encoding="utf-8")

    drafted = run(capsys, tmp_path, "--suggest", str(table))[1]
    assert "Borrador hecho de faltas.csv" in drafted
    assert "--profile ESTE-ARCHIVO faltas.csv" in drafted
    assert '"U" = ""  # 2 veces: diga qué significa' in drafted
    assert "¿mdy o dmy? Línea 2: 01/02/2024 puede ser ambas" in drafted
    assert "¿qué columna? (el estudiante)" in drafted

    profile = tmp_path / "borrador.toml"
    profile.write_text(drafted.replace("record =", "recrod ="), encoding="utf-8")
    code, _, said = run(capsys, tmp_path, "--profile", str(profile), str(table))
    assert code == 1
    assert "borrador.toml tiene 4 fallos:" in said
    assert "table[1].recrod: Esta clave no se conoce. ¿Quiso decir record?" in said
    assert "El valor no encaja. Hay: ''. Escriba uno de: mdy, dmy." in said

    missing = run(capsys, tmp_path, "--profile", "sinergy", str(table))[2]
    assert "No hay archivo ni perfil sinergy. Presente trae: aeries" in missing


def test_what_is_asked_wrongly_is_said_in_spanish(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no fija nada" in run(capsys, tmp_path, "codes", "--set", "UNX")[2]
    assert "no es una clase de asistencia" in run(capsys, tmp_path, "codes", "--set", "U=x")[2]
    template = tmp_path / "plantilla"
    run(capsys, tmp_path, "--template", str(template))
    assert (
        "ya tiene README.txt, attendance.csv"
        in run(capsys, tmp_path, "--template", str(template))[2]
    )


def test_the_tables_to_fill_in_are_explained_in_spanish_and_read_all_the_same(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "plantilla"
    run(capsys, tmp_path, "--template", str(template))

    schools = (template / "schools.csv").read_text(encoding="utf-8")
    assert schools.startswith("school_id,name,level,")
    assert "# Una línea por escuela." in schools
    assert "# name (obligatoria): su nombre" in schools
    readme = (template / "README.txt").read_text(encoding="utf-8")
    assert "presente import --dry-run" in readme
    assert "Guarde como" in readme
    assert "Save as" not in readme

    code, report, _ = run(capsys, tmp_path, str(template))
    assert code == 0
    assert "attendance.csv: 3 leídas, 3 añadidas" in report
