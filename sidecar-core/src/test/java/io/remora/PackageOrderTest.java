package io.remora;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rooms stand in the order of the flow, and a room imports only from those before it. */
class PackageOrderTest {

    private static final String ROOT = "io.remora.";

    private static final List<String> ORDER = List.of(
            "internal",
            "discovery",
            "kubernetes",
            "registry",
            "balancer",
            "outlier",
            "relay",
            "client",
            "metrics",
            "config",
            "logging",
            "embedded",
            "grpc");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.remora");

    @Test
    void aRoomImportsOnlyFromThoseBeforeIt() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass origin : CLASSES) {
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && room(target) > room(origin)) {
                    wrong.add(origin.getPackageName() + " uses " + target.getPackageName() + ": "
                            + dependency.getDescription());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> strangers = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            if (room(each) < 0) {
                strangers.add(each.getPackageName());
            }
        }
        assertThat(strangers).isEmpty();
        assertThat(CLASSES).isNotEmpty();
    }

    @Test
    void theWatchIsKnownOnlyWhereItIsConfiguredAndAssembled() {
        // The registry hears of it through events; nothing behind it may come to depend on the client library.
        Set<String> users = new TreeSet<>();
        for (JavaClass origin : CLASSES) {
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith("io.remora.kubernetes") || target.startsWith("io.fabric8")) {
                    users.add(origin.getPackageName());
                }
            }
        }
        assertThat(users).isSubsetOf("io.remora.kubernetes", "io.remora.config", "io.remora.embedded");
    }

    private static int room(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT)
                ? ORDER.indexOf(name.substring(ROOT.length()).replaceFirst("\\..*", ""))
                : -1;
    }
}
