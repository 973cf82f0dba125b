package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.CanonicalJson;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.sources.SourceDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What sources hold, below the workdir and by their content, beside the digests of {@link
 * SourceDigest}: a plan of what is all ingested then unpacks no {@code .tar.gz} only to list it.
 */
final class InspectionMemory {
  private static final Logger LOG = LoggerFactory.getLogger(InspectionMemory.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;

  InspectionMemory(IngestRequest request, SourceDigest digest) {
    String key = Sha256.of(CanonicalJson.write(request.listingInputs(digest))).substring(0, 32);
    file = Path.of(request.workdir()).resolve("digests").resolve("listing-" + key + ".json");
  }

  Optional<IngestPlan.Inspection> recall() {
    try {
      return Optional.of(MAPPER.readValue(Files.readAllBytes(file), IngestPlan.Inspection.class));
    } catch (IOException absentOrDamaged) {
      return Optional.empty();
    }
  }

  /** Forgetting costs time only, so a memory that cannot be written is no fault. */
  void remember(IngestPlan.Inspection inspection) {
    try {
      Files.createDirectories(file.getParent());
      DurableFiles.replace(file, MAPPER.writeValueAsBytes(inspection));
    } catch (IOException e) {
      LOG.warn("Cannot remember what a source holds in {}: {}", file, e.toString());
    }
  }
}
