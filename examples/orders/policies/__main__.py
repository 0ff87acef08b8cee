"""Serves what the orders team chose, and its own rule."""

from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import select
from orders_rules import table_on_demand

serve("orders-policies", [*select(areas=["names", "sqs"]), table_on_demand])
