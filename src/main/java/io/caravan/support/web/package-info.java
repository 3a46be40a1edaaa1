/**
 * What every HTTP answer has: a request id, and problem+json (RFC 9457) where something went wrong.
 * Base floor; used by the edge floor.
 */
package io.caravan.support.web;
