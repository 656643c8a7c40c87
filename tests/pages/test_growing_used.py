"""What a step used, on the pages: beside its plan, on the household's page, as a file. P1."""

import pytest

from tests.pages.test_growing import BASE, SEASON, _back, planned

__all__ = ["planned"]
pytestmark = [pytest.mark.both, pytest.mark.mission("P1")]


def rows(*materials: dict, **said) -> dict:
    """The form of work done on A1 and A2, with rows of materials as a browser sends them."""
    form = {"step": "T1", "plots": ["A1", "A2"], "day": "2025-03-20", "done_by": "林秋月", "evidence": "",
            "material-TOTAL_FORMS": len(materials), "material-INITIAL_FORMS": 0} | said  # fmt: skip
    for n, row in enumerate(materials):
        filled = {"lot": "", "good": "", "quantity": "", "unit": "kg"} | row
        form |= {f"material-{n}-{name}": value for name, value in filled.items()}
    return form


MANURE = {"lot": "FL1", "quantity": "5200.5"}
YOUNG = {"good": "种苗", "quantity": "2501", "unit": "piece"}


@pytest.fixture
def stocked(planned):
    """Six tons of manure in the stock."""
    said = {"lot": "FL1", "day": "2025-03-01", "good": "基肥", "unit": "kg", "quantity": "6000",
            "origin": "bought"}  # fmt: skip
    assert planned.post(f"{BASE}stock/receive/", said).status_code == 302
    return planned


def used(chen, on: str = "2025-09-01"):
    return {
        line.name: (line.planned, line.used, line.difference)
        for part in chen.get(f"{BASE}seasons/S25/?on={on}").context["table"]
        if part.title
        for line in part.lines
    }


def test_what_a_step_used_stands_beside_its_plan_and_left_the_stock(stocked):
    done = f"{BASE}seasons/S25/done/"
    asked = stocked.get(f"{done}?step=T1").context["rows"]
    assert asked.forms[0]["good"].value() == "基肥", "what the protocol plans is not asked for again"
    said = rows(MANURE, YOUNG, {}, machine_hours="40.33")
    assert stocked.post(done, said).status_code == 302
    assert stocked.post(done, said).status_code == 302, "the same again"
    # 25 mu: 200 kg and 1.5 hours a mu are planned.
    assert used(stocked) == {
        "基肥": ("5,000 kg", "5,200.5 kg", "+200.5 kg"),
        "种苗": ("", "2,501 pieces", ""),
        "Machine hours": ("37.5 hours", "40.33 hours", "+2.83 hours"),
    }
    assert used(stocked, "2025-03-19") == {}
    page = stocked.get(f"{BASE}seasons/S25/").content.decode()
    for text in ("208.02 kg a mu", ">more<", "4 entries of materials"):
        assert text in page
    assert "799.5 kg" in stocked.get(f"{BASE}stock/of/FL1/").content.decode()
    fact = stocked.get(f"{BASE}facts/materialuse:S25/T1/A1/2025-03-20/@FL1").content.decode()
    assert "2,600.25 kg" in fact
    assert "Material used on a base" in fact
    file = b"".join(stocked.get(f"{BASE}seasons/S25/?as=csv").streaming_content).decode()
    assert "T1 移栽,基肥,kg,25,5000,5200.5,200.5,200,208.02" in file
    assert "Whole season,Machine hours,hours,25,37.50,40.33,2.83,1.50,1.62" in file
    assert stocked.get(f"{BASE}seasons/S25/?as=xlsx").status_code == 200


def test_materials_of_a_further_day_and_one_taken_back(stocked, reads):
    assert stocked.post(f"{BASE}seasons/S25/done/", rows(MANURE)).status_code == 302
    more, further = f"{BASE}seasons/S25/used/", {"plots": ["A1"], "day": "2025-03-22"}
    assert reads("luo").post(more, rows(MANURE)).status_code == 403
    assert stocked.post(more, rows({"lot": "FL1", "quantity": "99.5"}, **further)).status_code == 302
    assert used(stocked)["基肥"] == ("5,000 kg", "5,300 kg", "+300 kg")
    reference = "materialuse:S25/T1/A1/2025-03-22/@FL1"
    assert _back(reads("luo"), reference).status_code == 403
    assert _back(stocked, "stepdone:S25/T1/A1").status_code == 422, "what was used rests on it"
    assert _back(stocked, reference).status_code == 302
    assert used(stocked)["基肥"] == ("5,000 kg", "5,200.5 kg", "+200.5 kg")
    assert used(stocked, "2025-03-20")["基肥"] == ("5,000 kg", "5,200.5 kg", "+200.5 kg")


@pytest.mark.mission("L7")
def test_what_was_used_on_its_plots_stands_on_the_households_page(stocked, reads, world):
    assert stocked.post(f"{BASE}seasons/S25/done/", rows(MANURE, YOUNG)).status_code == 302
    page = stocked.get("/h/H0001/").content.decode()
    fact = f"{BASE}facts/materialuse:S25/T1/A1/2025-03-20/@FL1"
    for text in ("Used on its plots", "2,600.25 kg", "移栽 · 东坡基地 A1", fact, f"{BASE}stock/of/FL1/"):
        assert text in page
    assert "S25/T1/A2" not in page, "the neighbour's plot is the neighbour's"
    assert "Used on its plots" not in stocked.get("/h/H0001/?on=2025-03-19").content.decode()
    assert "2,600.25 kg" in stocked.get("/h/H0001/?on=2025-03-20").content.decode()
    own = reads("wei")
    told = own.get("/h/H0001/").content.decode()
    assert fact in told
    assert f"{BASE}stock/of/FL1/" not in told, "the stock is for whoever reads the books"
    assert own.get(fact).status_code == 200
    assert own.get(f"{BASE}facts/materialuse:S25/T1/A2/2025-03-20/@FL1").status_code == 403


def test_a_dose_that_cannot_be_read_is_told_beside_the_protocol(planned):
    said = SEASON | {
        "number": "S26",
        "protocol": "T1 | 移栽 | 2025-03-10 | 2025-03-31 | 基肥每亩 200 公斤，尿素 5-8 公斤/亩",
    }
    assert planned.post(f"{BASE}bases/JD1/seasons/", said).status_code == 302
    page = planned.get(f"{BASE}seasons/S26/").content.decode()
    assert "dose not read" in page
    assert "“尿素 5-8 公斤/亩” gives no dose" in page
    assert "“基肥" not in page
    assert "dose not read" not in planned.get(f"{BASE}seasons/S25/").content.decode()


@pytest.mark.parametrize(
    ("address", "said", "why"),
    [
        ("done", rows(MANURE | {"quantity": ""}), "Write how much was used."),
        ("done", rows(MANURE | {"quantity": "7000"}), "less than is taken from it"),
        ("done", rows(MANURE | {"good": "复合肥"}), "FL1 holds 基肥, not 复合肥"),
        ("done", rows(YOUNG | {"quantity": "2501.5"}), "a piece cannot be parted"),
        ("done", rows(YOUNG | {"quantity": "many"}), "is not a quantity"),
        ("done", rows({"quantity": "3"}), "cannot be the name of a material"),
        ("done", rows(machine_hours="1.234"), "at most two decimals"),
        ("used", rows(MANURE), "is not entered as done on plot A1"),
        ("used", rows(), "Write at least one material"),
    ],
)
def test_a_use_that_cannot_be_is_refused_and_nothing_is_entered(stocked, address, said, why):
    answer = stocked.post(f"{BASE}seasons/S25/{address}/", said)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert used(stocked) == {}
    found = stocked.get(f"{BASE}seasons/S25/?on=2025-04-30").context["season"]
    assert [line.steps[0][1] for line in found.lines] == ["late", "late"]
