# One image: the server, and the phone's app that it serves.
ARG PYTHON=docker.io/library/python:3.13-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /src
RUN python -m venv .venv && python -m venv /opt/presente
COPY requirements requirements
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/build.lock \
    && /opt/presente/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY tools tools
RUN .venv/bin/python tools/node.py
ENV PATH=/src/.venv/node:$PATH
COPY pwa/package.json pwa/package-lock.json pwa/.npmrc pwa/
RUN npm --prefix pwa ci --ignore-scripts
COPY pwa pwa
RUN npm --prefix pwa run build
COPY . .
RUN .venv/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/presente/bin/pip install --no-cache-dir --no-deps --no-index /wheels/presente-*.whl

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Presente" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin presente \
    && install -d -o presente -g presente -m 0700 /data
COPY --from=build /opt/presente /opt/presente
ENV PATH=/opt/presente/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["presente"]
CMD ["serve", "--dir", "/data", "--host", "0.0.0.0", "--port", "8080"]
