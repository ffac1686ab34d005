# A static program and nothing else:
#
#   docker build --tag cfnward .
#   docker run --rm --network none --volume "$PWD:/work:ro" cfnward scan
#
# The image has no git, so `--diff` does not work in it.
FROM rust:1.95-alpine AS build
# Its version is that of the image.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /source
COPY Cargo.toml Cargo.lock build.rs README.md ./
COPY src src
COPY rules rules
# Members of the workspace: not built, but the lock file is about them too.
COPY tests/bench tests/bench
COPY tests/hostile tests/hostile
COPY tests/oracle tests/oracle
RUN cargo build --release --locked --bin cfnward && cp target/release/cfnward /cfnward

FROM scratch
COPY --from=build /cfnward /cfnward
COPY LICENSE /LICENSE
# Nobody: a scan needs no rights but to read.
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["/cfnward"]
CMD ["scan"]
