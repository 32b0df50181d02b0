# Builds and runs the product in a container. What a container can and cannot isolate: docs/operating.md.
# docker build -t sandbox . && docker run -p 127.0.0.1:8080:8080 -p 127.0.0.1:8081:8081 -v sandbox:/var/lib/sandbox sandbox

ARG DOTNET=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends make nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# make's check of the machine is for where the product runs; here only its build is wanted.
RUN make artifacts/supervisor/.published artifacts/worker/.published

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}
# The packaged PostgreSQL must not make a cluster: the product makes its own in the data directory.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/00-sandbox.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap libseccomp2 postgresql util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/sandbox --shell /usr/sbin/nologin sandbox \
 && install -d -o sandbox -g sandbox -m 700 /var/lib/sandbox
COPY --from=build /src/artifacts/supervisor /opt/sandbox
COPY --from=build /src/artifacts/worker /opt/sandbox/worker
RUN chmod -R o+rX /opt/sandbox

# Inside a container loopback reaches nobody; which interface is published is decided by docker run -p.
ENV Sandbox__DataDirectory=/var/lib/sandbox \
    Sandbox__Listen__Admin=http://0.0.0.0:8080 \
    Sandbox__Listen__Endpoints=http://0.0.0.0:8081 \
    Sandbox__Listen__Metrics=http://0.0.0.0:9464 \
    Sandbox__Demo__Enabled=false \
    DOTNET_EnableDiagnostics=0
USER sandbox
WORKDIR /var/lib/sandbox
VOLUME /var/lib/sandbox
EXPOSE 8080 8081 9464
# SIGTERM drains, ends workers and PostgreSQL in order; give it time: docker stop -t 60
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/sandbox/Sandbox.Supervisor"]
