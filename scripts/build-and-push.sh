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
    --stack | --tag)
      [[ ${2-} ]] || fail "$1 needs a value"
      if [[ $1 == --stack ]]; then stack=$2; else tag=$2; fi
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
  local registry=$1 region
  region=$(cut -d. -f4 <<<"$registry")
  if $dry_run; then
    echo "aws ecr get-login-password --region $region | docker login --username AWS --password-stdin $registry"
  else
    aws ecr get-login-password --region "$region" |
      docker login --username AWS --password-stdin "$registry" >/dev/null
  fi
}

if ! $dry_run; then
  command -v docker >/dev/null || fail "docker is not on PATH; wanted Docker, which builds the images"
  docker info >/dev/null 2>&1 || fail "Docker's engine does not answer; start it, or see 'docker info'"
  if $push; then
    command -v aws >/dev/null || fail "aws is not on PATH; wanted the AWS CLI, which logs in to ECR"
  fi
fi

urls='{}'
if $push; then
  urls=$(uv run --locked --quiet python -m ops.lifecycle outputs repositoryUrls --json --stack "$stack") ||
    exit 2 # It has said why.
fi

revision=$(git rev-parse --short=12 HEAD)
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
  # Fargate runs the task definitions on x86-64.
  run docker build --platform linux/amd64 "${names[@]/#/--tag=}" "$folder"
  $push || continue
  registry=${repository%%/*}
  if [[ $registry != "$logged_in" ]]; then
    log_in "$registry"
    logged_in=$registry
  fi
  for name in "${names[@]}"; do
    run docker push "$name"
  done
done
