/**
 * What pulls, runs, tasks and items are, who holds them, and their queries.
 * Record floor; used by the flow and edge floors, ids only between record packages.
 */
package io.caravan.run;
