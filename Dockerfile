# Radar in a container: everything it changes is in /radar; the rest may be read-only.
#
#   docker build -t radar .
#   docker run --rm -v radar:/radar radar init
#   docker run -d --name radar --read-only --tmpfs /tmp -v radar:/radar -p 127.0.0.1:8420:8420 --stop-timeout 40 radar
#
# docs/operations.md, "In a container", has the rest.

FROM python:3.11-slim AS builder
WORKDIR /src
RUN python -m venv /opt/radar
ENV PATH=/opt/radar/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_CACHE_DIR=1

# The packages first: a change in Radar alone does not fetch them again. Every file is checked against its hash.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

# Radar's own wheel, made by the build backend just installed: nothing unhashed is fetched.
COPY pyproject.toml README.md LICENSE NOTICE feeds.toml ./
COPY radar radar
RUN pip wheel --no-deps --no-build-isolation -w /dist . && pip install --no-deps /dist/*.whl

# What only building needed stays here.
RUN pip uninstall -y hatchling editables packaging pathspec pluggy trove-classifiers setuptools pip


FROM python:3.11-slim
# The image comes without bytecode for the standard library, and nothing can be written later: compiled here, once.
RUN python -m compileall -q -x '/(tests?|lib2to3)/' /usr/local/lib/python3.11 \
 && groupadd --gid 10001 radar \
 && useradd --uid 10001 --gid radar --home-dir /radar --no-create-home --shell /usr/sbin/nologin radar \
 && install -d -o radar -g radar -m 0700 /radar
COPY --from=builder /opt/radar /opt/radar
ENV PATH=/opt/radar/bin:$PATH \
    RADAR_HOME=/radar \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
WORKDIR /radar
VOLUME /radar
EXPOSE 8420
# Should `radar serve` end, the container ends with it; what is left to ask is whether its database answers (exit code 5
# if not). `radar doctor` is for people: it also fails for what no restart puts right, such as a refused mail.
HEALTHCHECK --interval=60s --timeout=15s --start-period=30s CMD ["radar", "status"]
ENTRYPOINT ["radar"]
CMD ["serve", "--host", "0.0.0.0"]
