package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.store.CutResource;
import io.caravan.store.Page;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** What of a page is the connection's patient's (product.md § 2.4); pure. */
final class RightPatient {

    private RightPatient() {}

    /**
     * The resources of the page that land.
     *
     * @throws SourceException {@code other_patient} where one of them belongs to somebody else: nothing of it lands
     */
    static List<CutResource> landable(ClaimedTask task, Page page) {
        List<CutResource> asked =
                page.resources().stream().filter(r -> isAskedFor(r, task)).toList();
        if (asked.stream().anyMatch(r -> somebodyElses(r, task.patientId()))) {
            throw SourceException.permanent(
                    ErrorCode.OTHER_PATIENT,
                    SourceException.Outcome.FAILED,
                    "The source answered with another patient's %s; nothing of that page was kept."
                            .formatted(task.resourceType()));
        }
        return asked.stream().filter(r -> !r.subsetted()).toList();
    }

    /** What the page says besides its resources, and how many of them do not land because they are not whole. */
    static List<PageWarning> warnings(ClaimedTask task, Page page) {
        long subsetted = page.resources().stream()
                .filter(r -> isAskedFor(r, task) && r.subsetted())
                .count();
        if (subsetted == 0) {
            return page.warnings();
        }
        List<PageWarning> warnings = new ArrayList<>(page.warnings());
        warnings.add(new PageWarning(
                "subsetted",
                "%d resources were not kept: the source had left elements out of them (SUBSETTED)."
                        .formatted(subsetted)));
        return warnings;
    }

    /** Of the task's type, or the Provenance that its query asks for beside it. */
    private static boolean isAskedFor(CutResource resource, ClaimedTask task) {
        return resource.type().equals(task.resourceType())
                || resource.type().equals("Provenance") && SearchQuery.asksForProvenance(task.query());
    }

    /** Whether it names its patients, and ours is not among them. */
    static boolean somebodyElses(CutResource resource, String patientId) {
        return !resource.patients().isEmpty() && !resource.patients().contains(patientId);
    }
}
