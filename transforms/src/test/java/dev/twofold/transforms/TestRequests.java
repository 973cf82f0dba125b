package dev.twofold.transforms;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.IngestRequest;
import java.nio.file.Path;
import java.util.List;

/** Requests to ingest that tests make. */
public final class TestRequests {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private TestRequests() {}

  /** All classes and all images of {@code class/file}, stretched; not keyed. */
  public static IngestRequest of(String name, Path source, ImageShape shape, Path workdir) {
    return new IngestRequest(
        name,
        source.toString(),
        "class/file",
        "",
        List.of(),
        0,
        0,
        0,
        shape.height(),
        shape.width(),
        shape.channels(),
        "stretch",
        0.01,
        workdir.toString(),
        "");
  }

  /** The same request with its key. */
  public static IngestRequest keyed(IngestRequest request) {
    return request.withKey(StageKey.of("ingest", request.keyInputs()).hex());
  }

  /** The same request with another value of one of its components. */
  public static IngestRequest with(IngestRequest request, String component, Object value) {
    ObjectNode tree = MAPPER.valueToTree(request);
    tree.set(component, MAPPER.valueToTree(value));
    return MAPPER.convertValue(tree, IngestRequest.class);
  }
}
