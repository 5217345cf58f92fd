"""What a list still leaves open before it can be written."""

from apps.core.tables import Table
from apps.exports.engine.columns import Column, Columns, characteristic
from apps.exports.engine.dates import DateOrder, date_order
from apps.exports.engine.steps import STEP
from apps.exports.models import Import
from apps.participants.models import Characteristic


def undecided_dates(started: Import) -> list[str]:
    """Headings of columns of which nobody has said whether their dates begin with the day or the month."""
    dates = {
        characteristic(key)
        for key in started.study.characteristics.filter(kind=Characteristic.Kind.DATE).values_list(
            "id", flat=True
        )
    } | {"held_on", "happened_on", "due_on"}
    rows = Table.from_json(started.table).rows

    def is_open(column: Column) -> bool:
        texts = (row.values.get(column.header, "") for row in rows)
        return column.day_first is None and date_order(texts) == DateOrder.ASK

    columns = Columns.from_json(started.mapping).columns
    return [
        each.header for each in columns if (each.to in dates or each.to.startswith(STEP)) and is_open(each)
    ]
