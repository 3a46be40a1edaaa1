package io.caravan.pull;

import io.caravan.source.profile.SourceProfile;
import io.caravan.store.PageWarning;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pull's queries, and what was found out on the way to them.
 *
 * @param profile how the source is asked
 * @param detectedProfile its name, where the source and not its settings said so, now or before
 * @param sourceClock what the source's clock said meanwhile; empty where it does not say
 */
record Plan(
        List<PlannedTask> tasks,
        List<PageWarning> warnings,
        SourceProfile profile,
        Optional<String> detectedProfile,
        Optional<Instant> sourceClock) {}
