/**
 * What every floor stands on: SQL files, ids, sealed secrets, guarded HTTP, errors, settings.
 * Base floor; knows nothing of the others.
 */
package io.caravan.support;
