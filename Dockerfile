# One image for every process of Concord: docker-compose.yml says which command each service runs.
FROM python:3.11-slim AS packages

WORKDIR /concord
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /concord --shell /usr/sbin/nologin concord \
 && install --directory --owner 10001 --mode 700 /keys
WORKDIR /concord
ENV PATH=/concord/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production

COPY --from=packages /concord/.venv .venv
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY static static

# The code belongs to root, so that the process that serves it cannot change it. Collecting static files
# asks for settings but touches neither a database nor a secret.
RUN SECRET_KEY=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    CONCORD_STUDY_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --no-input \
 && python -m compileall -q apps config

USER 10001
EXPOSE 8000

# asginl is Django's own dialect of ASGI, without lifespan events.
CMD ["granian", "config.asgi:application", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--workers-kill-timeout", "2", "--respawn-failed-workers"]
