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
 * @param inDoubtPercent of the slots for items, what destinations may hold of which nothing says that they answer
 */
@ConfigurationProperties("caravan.work")
public record WorkSettings(
        @DefaultValue("15s") Duration lease,
        @DefaultValue("4s") Duration heartbeat,
        Map<Lease.Work, Integer> slots,
        @DefaultValue("5") int takeovers,
        @DefaultValue("50") int inDoubtPercent) {

    public WorkSettings {
        if (heartbeat.multipliedBy(2).compareTo(lease) >= 0) {
            throw new IllegalArgumentException("caravan.work.heartbeat must be less than half of caravan.work.lease");
        }
        if (inDoubtPercent < 1 || inDoubtPercent > 100) {
            throw new IllegalArgumentException("caravan.work.in-doubt-percent must be from 1 to 100");
        }
        slots = slots == null ? Map.of() : Map.copyOf(slots);
    }

    /** One at least, or they would never get the chance to show that they answer. */
    int itemsInDoubt() {
        return Math.max(1, slots(Lease.Work.ITEM) * inDoubtPercent / 100);
    }

    int slots(Lease.Work work) {
        return slots.getOrDefault(work, 4);
    }
}
