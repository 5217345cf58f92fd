from apps.exports.engine.storing import storable


def test_text_that_no_database_can_hold_loses_only_that() -> None:
    table = {"rows": [{"Na\x00me": "Nurse\ud800 🙂"}], "header_row": 1, "warnings": ()}
    assert storable(table) == {"rows": [{"Name": "Nurse 🙂"}], "header_row": 1, "warnings": []}
