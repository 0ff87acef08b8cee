#!/usr/bin/env bash
# Builds the images of apps/ and pushes them to the repositories of a deployed stack, tagged with
# the git revision and, where given, one tag more. Exit code 2: something that it needs is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/build-and-push.sh [--dry-run] [--no-push] [--stack NAME] [--tag TAG] [IMAGE...]
  IMAGE      dagster, auto-scaler, taskiq-demo (default: all three)
  --dry-run  print the plan, run nothing of it
  --no-push  build only
  --stack    whose repositories (default: local)
  --tag      a further tag, such as the stack's imageTag"

fail() {
  echo "error: $1" >&2
  exit 2
}

folder_of() {
  case $1 in
    dagster) echo apps/dagster_app ;;
    auto-scaler) echo apps/auto_scaler ;;
    taskiq-demo) echo apps/taskiq_demo ;;
    *) fail "there is no image '$1'; wanted dagster, auto-scaler or taskiq-demo" ;;
  esac
}

dry_run=false push=true stack=local tag='' images=()
while (($#)); do
  case $1 in
    --dry-run) dry_run=true ;;
    --no-push) push=false ;;
    --stack)
      stack=${2-}
      [[ $stack && $stack != -* ]] || fail "$1 needs a value"
      shift
      ;;
    --tag)
      tag=${2-}
      [[ $tag && $tag != -* ]] || fail "$1 needs a value"
      [[ $tag =~ ^[[:alnum:]_][[:alnum:]_.-]{0,127}$ ]] ||
        fail "--tag is '$tag'; wanted at most 128 letters, digits, '_', '.' and '-'"
      shift
      ;;
    -h | --help)
      echo "$usage"
      exit
      ;;
    -*) fail "there is no option '$1'"$'\n'"$usage" ;;
    *)
      folder_of "$1" >/dev/null
      images+=("$1")
      ;;
  esac
  shift
done
((${#images[@]})) || images=(dagster auto-scaler taskiq-demo)

run() {
  if $dry_run; then echo "$*"; else "$@"; fi
}

log_in() { # the region is the fourth part of ACCOUNT.dkr.ecr.REGION.HOST
  local registry=$1 region password
  region=$(cut -d. -f4 <<<"$registry")
  if $dry_run; then
    echo "aws ecr get-login-password --region $region | docker login --username AWS --password-stdin $registry"
    return
  fi
  password=$(aws ecr get-login-password --region "$region") ||
    fail "AWS gives no password for $registry; sign in, and see 'aws sts get-caller-identity'"
  docker login --username AWS --password-stdin "$registry" <<<"$password" >/dev/null ||
    fail "$registry refuses the password that AWS gave"
}

need() {
  command -v "$1" >/dev/null || fail "$1 is not on PATH; wanted $2"
}

if ! $dry_run; then
  need docker "Docker, which builds the images"
  docker info >/dev/null 2>&1 || fail "Docker's engine does not answer; start it, or see 'docker info'"
fi
if $push; then
  $dry_run || need aws "the AWS CLI, which logs in to ECR"
  need uv "uv, which runs this project's Python"
fi
revision=$(git rev-parse --short=12 HEAD 2>/dev/null) ||
  fail "this is no checkout of git; wanted one, whose revision is the tag of the images"

urls='{}'
if $push; then
  urls=$(uv run --locked --quiet python -m ops.lifecycle outputs repositoryUrls --json --stack "$stack") ||
    exit 2 # It has said why.
fi

logged_in=''
for image in "${images[@]}"; do
  folder=$(folder_of "$image")
  version=$revision
  [[ -z $(git status --porcelain -- "$folder") ]] || version+=-dirty
  repository=dagster-taskiq/$image
  if $push; then
    repository=$(uv run --locked --quiet python -c \
      'import json, sys; print(json.loads(sys.argv[1]).get(sys.argv[2], ""))' "$urls" "$image")
    [[ $repository ]] || fail "stack $stack has no repository for $image; is it enabled in its settings?"
  fi
  names=("$repository:$version")
  [[ -z $tag || $tag == "$version" ]] || names+=("$repository:$tag")
  registry=${repository%%/*}
  # moto gives out names in AWS's own registry, which are somebody's.
  [[ $stack != local || $registry != *.amazonaws.com ]] ||
    fail "the local stack's endpoint has no registry; wanted LocalStack, which has one"
  if $push && [[ $registry != "$logged_in" ]]; then # before the build, which takes longer
    log_in "$registry"
    logged_in=$registry
  fi
  # Fargate runs the task definitions on x86-64.
  run docker build --platform linux/amd64 "${names[@]/#/--tag=}" "$folder"
  $push || continue
  for name in "${names[@]}"; do
    run docker push "$name"
  done
done
