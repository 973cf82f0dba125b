package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  @TempDir private Path folder;

  @Test
  void aTreeMayVanishWhileItIsDeleted() throws Exception {
    Path tree = folder.resolve("tree");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 1_000; i++) {
          Files.createFile(
              Files.createDirectories(tree.resolve(Integer.toString(i))).resolve("file"));
        }
        Callable<Boolean> deleting =
            () -> {
              DurableFiles.deleteTree(tree);
              return true;
            };
        List<Future<Boolean>> all =
            threads.invokeAll(List.of(deleting, deleting, deleting, deleting));
        for (Future<Boolean> each : all) {
          assertThat(each.get()).isTrue();
        }
        assertThat(tree).doesNotExist();
      }
    } finally {
      threads.shutdown();
    }
  }
}
