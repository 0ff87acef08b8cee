#!/usr/bin/env bash
# apache-libcloud 3.9.1: its table of EC2 prices has 0 and other tenancies' prices as on demand.
#
# AWS's price list says for Linux, shared tenancy, on demand, in us-east-1: m5.large 0.096,
# m5.xlarge 0.192, c6i.large 0.085, c6i.4xlarge 0.68 USD an hour. The table agrees on the first and
# the third, has 0 for m5.xlarge, and is a tenth too high for c6i.4xlarge. So `get_size_price`
# makes an instance free, and no sign in the table tells which values to trust.
#
# Source of the right prices: https://aws.amazon.com/ec2/pricing/on-demand/
# Seen with apache-libcloud 3.9.1 on Python 3.11: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "apache-libcloud==3.9.1"

cat > "$folder/prices.py" <<'PROGRAM'
from libcloud.pricing import get_pricing

prices = get_pricing("compute", "ec2_linux")
for size in ("m5.large", "m5.xlarge", "c6i.large", "c6i.4xlarge"):
    print(f"{size}: {prices[size]['us-east-1']}")
PROGRAM
"$folder/venv/bin/python" "$folder/prices.py" | tee "$folder/seen"

cat > "$folder/expected" <<'EXPECTED'
m5.large: 0.096
m5.xlarge: 0.0
c6i.large: 0.085
c6i.4xlarge: 0.748
EXPECTED
diff "$folder/expected" "$folder/seen" && echo "apache-libcloud 3.9.1 still does so"
