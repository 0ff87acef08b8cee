#!/usr/bin/env bash
# pulumi_aws 7.51.1: `typing.get_type_hints` gives the class of another module of the SDK.
#
# The SDK writes the kind of an output as text: `Sequence['outputs.WebAclRule']`. Python keeps one
# object for all equal types of that kind, and this object remembers the class that the text stood
# for first. So what a property of `wafv2` holds is answered with the class of `waf`, where that was
# asked about before; whoever reads kinds from the classes sees other properties than there are.
# A namespace of the caller's own, `localns={}`, makes Python look the text up anew.
#
# Source: https://github.com/python/cpython/blob/v3.11.7/Lib/typing.py, ForwardRef._evaluate
# Seen with pulumi_aws 7.51.1 and pulumi 3.272.0 on Python 3.11: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pulumi==3.272.0" "pulumi-aws==7.51.1"

cat > "$folder/hints.py" <<'PROGRAM'
from typing import get_args, get_type_hints

import pulumi_aws as aws


def item_of_rules(cls, **more):
    hint = get_type_hints(cls.rules.fget, **more)["return"]
    while get_args(hint):
        hint = get_args(hint)[0]
    return f"{hint.__module__}.{hint.__name__}"


print("waf:", item_of_rules(aws.waf.WebAcl))
print("wafv2, after it:", item_of_rules(aws.wafv2.WebAcl))
print("wafv2, with a namespace:", item_of_rules(aws.wafv2.WebAcl, localns={}))
PROGRAM
"$folder/venv/bin/python" -W ignore "$folder/hints.py" | tee "$folder/seen"

cat > "$folder/expected" <<'EXPECTED'
waf: pulumi_aws.waf.outputs.WebAclRule
wafv2, after it: pulumi_aws.waf.outputs.WebAclRule
wafv2, with a namespace: pulumi_aws.wafv2.outputs.WebAclRule
EXPECTED
diff "$folder/expected" "$folder/seen" && echo "Python still does so"
