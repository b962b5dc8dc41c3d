# One image for web, worker and beat; docker-compose.yml says which is which.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt requirements-uv.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && /venv/bin/uv pip install --no-cache --require-hashes --compile-bytecode --python /venv/bin/python -r requirements.txt \
    && /venv/bin/uv pip uninstall --python /venv/bin/python uv pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin amparo
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production AMPARO_HOME=/tmp/amparo
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# The build needs settings, but no secret and no service: these values are not kept in the image.
RUN export AMPARO_SECRET_KEY=build AMPARO_HOSTS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build AMPARO_MAIL=smtp://build \
    && python -m config.translations compile \
    && python manage.py collectstatic --no-input --verbosity 0
RUN install -d -o amparo -m 700 /anchors
USER amparo
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--preload", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
