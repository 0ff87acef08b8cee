FROM python:3.13-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /build
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY loopback/pyproject.toml loopback/
COPY policies/pyproject.toml policies/
COPY preflight/pyproject.toml preflight/
RUN ["uv", "sync", "--locked", "--only-group", "image", "--no-install-workspace"]
COPY policies policies
COPY preflight preflight
RUN ["uv", "sync", "--locked", "--only-group", "image", "--no-editable"]

FROM python:3.13-slim-bookworm
RUN ["useradd", "--system", "--uid", "10001", "--create-home", "preflight"]
COPY --from=build /opt/venv /opt/venv
# A program that names no environment runs in this one, which has the SDK and pulumi-aws.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PULUMI_PYTHON_CMD=/opt/venv/bin/python
USER 10001
WORKDIR /work
ENTRYPOINT ["preflight"]
CMD ["--help"]
