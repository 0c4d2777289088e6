# logbackup-bot, without root and with every dependency locked by its hash.
#
#   docker build -t logbackup-bot .
#   docker run --read-only --tmpfs /tmp -v logbackup:/data -p 8080:8080 --env-file settings.env logbackup-bot

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /app && python -m venv /tools
COPY requirements.lock requirements-build.lock ./
RUN /tools/bin/pip --python /app/bin/python install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
RUN /tools/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .
RUN /tools/bin/pip --python /app/bin/python install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin bot \
    && install --directory --owner bot --group bot --mode 0750 /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BOT_DATABASE_URL=sqlite:////data/logbackup-bot.sqlite3 \
    BOT_HTTP_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-m", "bot.healthcheck"]
ENTRYPOINT ["logbackup-bot"]
CMD ["run"]
