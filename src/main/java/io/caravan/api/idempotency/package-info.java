/** {@code Idempotency-Key}: a POST that is sent again is answered again, and done once. */
package io.caravan.api.idempotency;
