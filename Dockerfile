# syntax=docker/dockerfile:1
# The portal in production: `docker build .`. The demo Tower beside it: `docker build --target demo .`.

FROM python:3.13-slim-bookworm AS base
ENV PATH=/opt/portal/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --home-dir /var/lib/portal --create-home portal \
    && install --directory --owner=portal --group=portal --mode=0700 /var/lib/tower
WORKDIR /srv/portal

# Only wheels with known hashes: nothing is compiled, so no compiler is needed.
FROM base AS packages
RUN python -m venv /opt/portal
COPY requirements/portal.txt requirements/portal.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/portal.txt

FROM base AS demo-packages
RUN python -m venv /opt/portal
COPY requirements/demo.txt requirements/demo.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/demo.txt

FROM base AS demo
COPY --from=demo-packages /opt/portal /opt/portal
COPY demo demo
USER 10001:10001
CMD ["python", "-m", "demo.tower", "--port", "8052", "--data", "/var/lib/tower"]

FROM base AS portal
ENV DJANGO_SETTINGS_MODULE=portal.settings \
    PORTAL_DATA_DIR=/var/lib/portal \
    PORTAL_STATIC_ROOT=/srv/static
COPY --from=packages /opt/portal /opt/portal
COPY manage.py manage.py
COPY portal portal
COPY catalog catalog
COPY jobs jobs
COPY templates templates
COPY static static
# Keys of this command only: nothing is signed or encrypted with them.
RUN PORTAL_SECRET_KEY=build PORTAL_SECRET_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --noinput
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "15", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--max-requests", "5000", "--max-requests-jitter", "500"]
