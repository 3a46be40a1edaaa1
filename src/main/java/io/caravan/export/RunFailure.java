package io.caravan.export;

/** Why a run could not be planned or settled just now. */
public record RunFailure(String orgId, String id, int epoch, String code, String message) {}
