package io.caravan.run;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a node shares work with others: {@code caravan.work.*}.
 *
 * @param lease how long a claim holds without a heartbeat
 * @param heartbeat how often held claims are extended
 * @param slots how much of each kind of work this node does at once
 * @param takeovers after how many dead nodes an item is given up
 */
@ConfigurationProperties("caravan.work")
public record WorkSettings(
        @DefaultValue("15s") Duration lease,
        @DefaultValue("4s") Duration heartbeat,
        Map<Lease.Work, Integer> slots,
        @DefaultValue("5") int takeovers) {

    public WorkSettings {
        if (heartbeat.multipliedBy(2).compareTo(lease) >= 0) {
            throw new IllegalArgumentException("caravan.work.heartbeat must be less than half of caravan.work.lease");
        }
        slots = slots == null ? Map.of() : Map.copyOf(slots);
    }

    int slots(Lease.Work work) {
        return slots.getOrDefault(work, 4);
    }
}
