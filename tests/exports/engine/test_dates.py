import pytest

from apps.exports.engine.dates import DateOrder, date_order


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2021-06-03", "3 June 2021", ""], DateOrder.CLEAR),
        (["03/03/2021"], DateOrder.CLEAR),
        (["3/6/2021", "13/6/2021"], DateOrder.DAY_FIRST),
        (["3/6/2021", "6/13/2021"], DateOrder.MONTH_FIRST),
        (["3/6/2021"], DateOrder.ASK),
        (["3.6.21", "4-5-2021"], DateOrder.ASK),
        (["13/6/2021", "6/13/2021"], DateOrder.ASK),
    ],
)
def test_the_order_is_asked_only_where_the_dates_leave_it_open(texts: list[str], order: DateOrder) -> None:
    assert date_order(texts) == order
