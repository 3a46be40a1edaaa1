/** The audit log: who did what over the API, when, to which, and what came of it. */
package io.caravan.api.audit;
