#!/bin/sh
# Makes the namespace that workers and starters use. Histories of closed workflows stay for its retention.
set -eu
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
