package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictRunTest {
  @TempDir private Path folder;

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedBeforeTheWork() throws IOException {
    Path output = folder.resolve("new/deep/predictions.csv");
    PredictRun.makeRoom(output);
    assertThat(output.getParent()).isEmptyDirectory();
    PredictRun.makeRoom(output);

    assertThatThrownBy(() -> PredictRun.makeRoom(folder))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot write predictions to %s: it is a folder (must be a file, such as %s)",
            folder, folder.resolve("predictions.csv"));

    Path file = Files.writeString(folder.resolve("file"), "");
    Path below = file.resolve("predictions.csv");
    assertThatThrownBy(() -> PredictRun.makeRoom(below))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot write predictions to %s: %s: a file has this name (must be a folder, or a name that nothing has)",
            below, file);
  }

  @Test
  void aFolderBehindALinkIsOne() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    PredictRun.makeRoom(link.resolve("predictions.csv"));
    assertThat(real).isEmptyDirectory();
  }

  @Test
  void whatCannotBeMovedToItsPlaceIsKept() throws IOException {
    Path made = Files.writeString(folder.resolve("made"), "image,rank");
    Path kept = folder.resolve("kept.csv");
    Path output = folder.resolve("gone/predictions.csv");

    assertThatThrownBy(() -> PredictRun.deliver(made, output, kept))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("Cannot write predictions to " + output + ": ")
        .hasMessageEndingWith("(they are in " + kept + ")");

    assertThat(kept).hasContent("image,rank");
    assertThat(made).doesNotExist();
  }

  /** As of a variable of a script that is not set. */
  @Test
  void anEmptyNameIsNotTheCurrentFolder() {
    assertThatThrownBy(() -> PredictRun.check(Path.of("")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot predict images of an empty name (must be ");
    assertThatThrownBy(() -> PredictRun.makeRoom(Path.of("")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot write predictions to a file of an empty name (must be ");
  }

  @Test
  void noImageIsOverwritten() throws IOException {
    Path image = Files.writeString(folder.resolve("a.png"), "image");
    Path other = Files.writeString(folder.resolve("b.csv"), "earlier predictions");
    PredictRun.checkIsNone(List.of(image, folder), other);

    Path link = Files.createSymbolicLink(folder.resolve("c.csv"), image);
    for (Path output : List.of(image, link)) {
      assertThatThrownBy(() -> PredictRun.checkIsNone(List.of(other, image), output))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "Cannot write predictions to %s: it is one of the images (name another file)",
              output);
    }
  }

  @Test
  void inputsWithoutAnImageAreNamed() {
    List<Path> inputs = List.of(Path.of("empty"), Path.of("notes.zip"));
    PredictRun.checkIsThere(1, inputs);

    assertThatThrownBy(() -> PredictRun.checkIsThere(0, inputs))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageStartingWith("Cannot predict: there is no image in empty, notes.zip (must be ");
  }

  @Test
  void imagesForWhichThereIsNoRoomAreRefusedBeforeTheWork() {
    int bytes = 224 * 224 * 3;
    PredictRun.checkRoom(20_000, bytes, folder, 20_000L * bytes);

    assertThatThrownBy(() -> PredictRun.checkRoom(20_000, bytes, folder, 20_000L * bytes - 1))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot predict 20000 images: as the network takes them they need 2872 MB in %s, which"
                + " has 2871 MB free (free some, or predict a part at a time)",
            folder);
  }

  @Test
  void whatIsThereAlreadyIsReplaced() throws IOException {
    Path made = Files.writeString(folder.resolve("made"), "new");
    Path output = Files.writeString(folder.resolve("predictions.csv"), "old");

    PredictRun.deliver(made, output, folder.resolve("kept.csv"));

    assertThat(output).hasContent("new");
    assertThat(folder.resolve("kept.csv")).doesNotExist();
  }

  /** Nothing is made in the folder of a pipe, so it need not be writable. */
  @Test
  void aPipeIsAPlaceToWriteTo() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    PredictRun.makeRoom(pipe);

    assertThat(folder).isDirectoryContaining(pipe::equals);
    assertThat(Files.readAttributes(pipe, "isOther").get("isOther")).isEqualTo(true);
  }

  @Test
  void theFolderBehindALinkIsMade() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), Path.of("new/real.csv"));

    PredictRun.makeRoom(link);

    assertThat(folder.resolve("new")).isEmptyDirectory();
    assertThat(link).isSymbolicLink();
  }

  @Test
  void aLinkToItselfIsRefusedBeforeTheWork() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), Path.of("link.csv"));
    assertThatThrownBy(() -> PredictRun.makeRoom(link))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot write predictions to " + link + ": " + link + ": ")
        .hasMessageContaining("Too many levels of symbolic links");
  }

  @Test
  void tasksToNameAreSaid() {
    assertThat(PredictRun.unnamed("pretrain", List.of("auxiliary"), "grey"))
        .hasMessage(
            "Run pretrain has only the task auxiliary: there is no `grey` (leave out --task)");
    assertThat(PredictRun.unnamed("mtal/pair/1", List.of("grey", "colour"), null))
        .hasMessage("Run mtal/pair/1 has the tasks grey, colour: name one with --task");
    assertThat(PredictRun.unnamed("mtal/pair/1", List.of("grey", "colour"), "red"))
        .hasMessage(
            "Run mtal/pair/1 has the tasks grey, colour: name one with --task (there is no `red`)");
  }
}
