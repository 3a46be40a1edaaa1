package io.caravan.architecture;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house has floors, arrows go downward, and there are no circles (docs/decisions.md tells why). */
@AnalyzeClasses(packages = "io.caravan", importOptions = ImportOption.DoNotIncludeTests.class)
class FloorsTest {

    @ArchTest
    static final ArchRule arrows_go_downward = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("edge")
            .definedBy("io.caravan.api..", "io.caravan.ops..")
            .layer("flow")
            .definedBy("io.caravan.pull..", "io.caravan.export..", "io.caravan.deliver..", "io.caravan.leave..")
            .layer("record")
            .definedBy(
                    "io.caravan.organization..",
                    "io.caravan.connection..",
                    "io.caravan.source..",
                    "io.caravan.store..",
                    "io.caravan.destination..",
                    "io.caravan.run..")
            .layer("base")
            .definedBy("io.caravan.support..")
            .whereLayer("edge")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("flow")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("record")
            .mayOnlyBeAccessedByLayers("edge", "flow")
            .whereLayer("base")
            .mayOnlyBeAccessedByLayers("edge", "flow", "record");

    @ArchTest
    static final ArchRule flows_meet_by_route_name_only = slices().matching("io.caravan.(pull|export|deliver|leave)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule records_meet_by_id_only = slices().matching(
                    "io.caravan.(organization|connection|source|store|destination|run)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule no_circles =
            slices().matching("io.caravan.(**)").should().beFreeOfCycles();
}
