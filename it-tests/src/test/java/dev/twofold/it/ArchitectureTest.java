package dev.twofold.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom; what a module may not use at all is not in its pom either. */
final class ArchitectureTest {
  private static final String MODELS = "dev.twofold.models..";
  private static final String TRANSFORMS = "dev.twofold.transforms..";
  private static final String TRACKING = "dev.twofold.tracking..";
  private static final String PIPELINES = "dev.twofold.pipelines..";
  private static final String TENSORFLOW = "org.tensorflow..";
  private static final String DJL = "ai.djl..";
  private static final String BEAM = "org.apache.beam..";
  private static final String FLINK = "org.apache.flink..";
  private static final String MLFLOW = "org.mlflow..";
  private static final String JACKSON = "com.fasterxml..";

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    List<Path> modules =
        List.of("models", "transforms", "tracking", "pipelines").stream()
            .map(module -> Path.of("..", module, "target", "classes"))
            .toList();
    assertThat(modules).allSatisfy(module -> assertThat(module).isDirectory());
    classes = new ClassFileImporter().importPaths(modules);
    assertThat(classes).hasSizeGreaterThan(200);
  }

  @Test
  void modelsKnowNothingOfPipelinesOrTracking() {
    forbid(MODELS, TRANSFORMS, TRACKING, PIPELINES, BEAM, FLINK, MLFLOW, JACKSON);
  }

  @Test
  void transformsKnowModelsAlone() {
    forbid(TRANSFORMS, TRACKING, PIPELINES, MLFLOW, FLINK);
  }

  @Test
  void trackingKnowsNobody() {
    forbid(TRACKING, MODELS, TRANSFORMS, PIPELINES, BEAM, FLINK, TENSORFLOW, DJL);
  }

  @Test
  void pipelinesLeaveModelsToTheirProcesses() {
    forbid(PIPELINES, TENSORFLOW, DJL, MLFLOW);
  }

  /** It aborts a TaskManager that loads it twice; only model processes may. */
  @Test
  void tensorflowStaysInModelsAndTheirProcesses() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            MODELS, "dev.twofold.transforms.training", "dev.twofold.transforms.evaluation")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(TENSORFLOW, DJL)
        .check(classes);
  }

  /** Configurations, plans and reports are plain Java; the graph is built in one place. */
  @Test
  void onlyTheRunBuildsThePipeline() {
    noClasses()
        .that()
        .resideInAPackage(PIPELINES)
        .and()
        .resideOutsideOfPackage("dev.twofold.pipelines.run")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(BEAM, FLINK)
        .check(classes);
  }

  /** Losses know the enums of two settings records, which stand beside what they configure. */
  @ParameterizedTest
  @ValueSource(strings = {"models", "transforms", "tracking", "pipelines"})
  void packagesHaveNoCycles(String module) {
    slices()
        .assignedFrom(new Packages("dev.twofold." + module + "."))
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            resideInAPackage("dev.twofold.models.losses"),
            nameMatching(".*\\.(DamtlSettings\\$Kernel|TrainingSettings\\$Reduction)"))
        .allowEmptyShould(true)
        .check(classes);
  }

  /** The packages directly below a module's. */
  private record Packages(String prefix) implements SliceAssignment {
    /** Two requests to one process, which shares their specifications and its main. */
    private static final Set<String> MODEL_PROCESS =
        Set.of("dev.twofold.transforms.training", "dev.twofold.transforms.evaluation");

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      if (!name.startsWith(prefix)) {
        return SliceIdentifier.ignore();
      }
      return MODEL_PROCESS.contains(name)
          ? SliceIdentifier.of("model process")
          : SliceIdentifier.of(name.substring(prefix.length()).replaceFirst("\\..*", ""));
    }

    @Override
    public String getDescription() {
      return "packages of " + prefix;
    }
  }

  private static void forbid(String module, String... others) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(classes);
  }
}
