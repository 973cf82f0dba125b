package dev.twofold.transforms.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.TestImages;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;

class ImagePreparerTest {
  private static final Color ORANGE = new Color(240, 120, 30);
  private static final Offset<Integer> JPEG_LOSS = Offset.offset(4);

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "tiff"})
  void losslessFormatsKeepTheirColour(String format) throws Exception {
    byte[] file = TestImages.plain(format, 7, 5, ORANGE);
    assertThat(pixel(prepare(file, 3, Fit.STRETCH), 0)).containsExactly(240, 120, 30);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 33, 300})
  void jpegOfAnySizeKeepsItsColour(int size) throws Exception {
    PreparedImage image = prepare(TestImages.plain("jpg", size, size + 1, ORANGE), 3, Fit.STRETCH);
    for (int i = 0; i < 16; i++) {
      assertNear(pixel(image, i), 240, 120, 30);
    }
    assertThat(image.originalWidth()).isEqualTo(size);
    assertThat(image.originalHeight()).isEqualTo(size + 1);
  }

  @Test
  void colourBecomesGreyByLuminance() throws Exception {
    // .299 · 240 + .587 · 120 + .114 · 30 = 145.6
    assertThat(grey(prepare(TestImages.plain("png", 4, 4, ORANGE), 1, Fit.STRETCH)))
        .containsOnly(146);
    assertThat(grey(prepare(TestImages.plain("jpg", 40, 40, ORANGE), 1, Fit.STRETCH))[0])
        .isCloseTo(146, JPEG_LOSS);
  }

  @Test
  void greyBecomesThreeEqualChannels() throws Exception {
    BufferedImage grey = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) grey.getRaster().getDataBuffer()).getData(), (byte) 77);
    assertThat(pixel(prepare(TestImages.encode("png", grey), 3, Fit.STRETCH), 5))
        .containsExactly(77, 77, 77);
  }

  @Test
  void sixteenBitsAreScaledToEight() throws Exception {
    BufferedImage deep = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
    Arrays.fill(
        ((DataBufferUShort) deep.getRaster().getDataBuffer()).getData(), (short) (200 * 257));
    assertThat(grey(prepare(TestImages.encode("png", deep), 1, Fit.STRETCH))).containsOnly(200);
  }

  @Test
  void transparencyIsWhite() throws Exception {
    BufferedImage half = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 16; i++) {
      half.setRGB(i % 4, i / 4, i == 0 ? 0x00000000 : 0x80ff0000);
    }
    PreparedImage image = prepare(TestImages.encode("png", half), 3, Fit.STRETCH);
    assertThat(pixel(image, 0)).containsExactly(255, 255, 255);
    // Half of red on white: 0 · 128/255 + 255 · 127/255 = 127
    assertThat(pixel(image, 1)).containsExactly(255, 127, 127);
  }

  /** Straight colours, as libtiff multiplies them, and multiplied ones: half of each is white. */
  @Test
  void transparencyOfATiffIsWhiteOnce() throws Exception {
    // 200 · 128/255 + 127 = 227, 100 · 128/255 + 127 = 177, 50 · 128/255 + 127 = 152
    for (boolean multiplied : new boolean[] {false, true}) {
      for (int type : new int[] {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT}) {
        byte[] file = TestImages.encode("tiff", halfTransparent(type, multiplied));
        assertThat(pixel(prepare(file, 3, Fit.STRETCH), 0))
            .as("multiplied %s, type %d", multiplied, type)
            .containsExactly(227, 177, 152);
      }
    }
  }

  /** OpenCV's own do not say what their fourth sample is; they have the colours as they were. */
  @Test
  void aTiffThatDoesNotSayWhatItsAlphaIsHasStraightColours() throws Exception {
    OpenCv.load();
    Mat half = new Mat(4, 4, CvType.CV_8UC4, new Scalar(50, 100, 200, 128));
    MatOfByte file = new MatOfByte();
    Imgcodecs.imencode(".tiff", half, file);
    assertThat(pixel(prepare(file.toArray(), 3, Fit.STRETCH), 0)).containsExactly(227, 177, 152);
  }

  /** Chunk tRNS names one grey, at the depth of the file. */
  @Test
  void oneGreyOfAPngMayBeTransparent() throws Exception {
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
      BufferedImage grey = new BufferedImage(4, 4, type);
      for (int i = 0; i < 16; i++) {
        grey.getRaster().setSample(i % 4, i / 4, 0, i);
      }
      byte[] file = insert(TestImages.encode("png", grey), 33, chunk("tRNS", 0, 3));
      int[] scaled = type == BufferedImage.TYPE_BYTE_GRAY ? new int[] {2, 4} : new int[] {0, 0};
      int[] pixels = grey(prepare(file, 1, Fit.STRETCH));
      assertThat(pixels[3]).isEqualTo(255);
      assertThat(new int[] {pixels[2], pixels[4]}).containsExactly(scaled);
      assertThat(pixel(prepare(file, 3, Fit.STRETCH), 3)).containsExactly(255, 255, 255);
    }
    BufferedImage bits = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_BINARY);
    bits.getRaster().setSample(1, 0, 0, 1);
    byte[] plain = TestImages.encode("png", bits);
    assertThat(grey(prepare(plain, 1, Fit.STRETCH))).startsWith(0, 255, 0);
    assertThat(grey(prepare(insert(plain, 33, chunk("tRNS", 0, 0)), 1, Fit.STRETCH)))
        .containsOnly(255);
  }

  @Test
  void theUnusedByteOfABitmapIsNoAlpha() throws Exception {
    for (int header : new int[] {40, 52, 56, 108, 124}) {
      PreparedImage image = prepare(bitmap(header, 0, 0x00f0781e, 0x80f0781e), 3, Fit.STRETCH);
      assertThat(pixel(image, 0)).as("header of %d", header).containsExactly(240, 120, 30);
      assertThat(pixel(image, 3)).as("header of %d", header).containsExactly(240, 120, 30);
    }
    for (int header : new int[] {56, 108, 124}) {
      byte[] file = bitmap(header, 0xff000000, 0x00f0781e, 0x80c86432);
      PreparedImage image = prepare(file, 3, Fit.STRETCH);
      assertThat(pixel(image, 0)).as("header of %d", header).containsExactly(255, 255, 255);
      assertThat(pixel(image, 3)).as("header of %d", header).containsExactly(227, 177, 152);
    }
  }

  @Test
  void aBitmapOfOs2HasItsColourAndSize() throws Exception {
    ByteBuffer bitmap = ByteBuffer.allocate(42).order(ByteOrder.LITTLE_ENDIAN);
    bitmap.put((byte) 'B').put((byte) 'M').putInt(42).putInt(0).putInt(26);
    bitmap.putInt(12).putShort((short) 4).putShort((short) 1).putShort((short) 1);
    bitmap.putShort((short) 24);
    for (int i = 0; i < 4; i++) {
      bitmap.put((byte) 30).put((byte) 120).put((byte) 240);
    }
    PreparedImage image = prepare(bitmap.array(), 3, Fit.STRETCH);
    assertThat(pixel(image, 5)).containsExactly(240, 120, 30);
    assertThat(image.originalWidth()).isEqualTo(4);
    assertThat(image.originalHeight()).isEqualTo(1);
  }

  /** White around it, as around a transparent picture. */
  @Test
  void aGifStandsOnItsScreen() throws Exception {
    byte[] gif = TestImages.plain("gif", 2, 2, ORANGE);
    int descriptor = new String(gif, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0\2\0\2\0");
    gif[6] = 4;
    gif[8] = 4;
    gif[descriptor + 1] = 1;
    gif[descriptor + 3] = 2;
    PreparedImage image = prepare(gif, 3, Fit.STRETCH);
    assertThat(image.originalWidth()).isEqualTo(4);
    for (int i = 0; i < 16; i++) {
      boolean inside = i == 9 || i == 10 || i == 13 || i == 14;
      assertThat(pixel(image, i))
          .as("pixel %d", i)
          .containsExactly(inside ? new int[] {240, 120, 30} : new int[] {255, 255, 255});
    }
    gif[descriptor + 1] = 100;
    assertThat(pixel(prepare(gif, 3, Fit.STRETCH), 11))
        .as("beyond the screen")
        .containsExactly(240, 120, 30);
  }

  @Test
  void paletteIsResolved() throws Exception {
    byte[] red = {0, (byte) 240, 0};
    byte[] green = {0, 120, 0};
    byte[] blue = {0, 30, 0};
    byte[] alpha = {(byte) 255, (byte) 255, 0};
    BufferedImage indexed =
        new BufferedImage(
            4,
            4,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 3, red, green, blue, alpha));
    indexed.getRaster().setSample(0, 0, 0, 1);
    indexed.getRaster().setSample(1, 0, 0, 2);
    for (String format : new String[] {"png", "gif"}) {
      PreparedImage image = prepare(TestImages.encode(format, indexed), 3, Fit.STRETCH);
      assertThat(pixel(image, 0)).as(format).containsExactly(240, 120, 30);
      assertThat(pixel(image, 1)).as(format).containsExactly(255, 255, 255);
      assertThat(pixel(image, 2)).as(format).containsExactly(0, 0, 0);
    }
  }

  @Test
  void fourInksBecomeColour() throws Exception {
    // c 51, m 102, y 204, k 51: r = 204 · 204 / 255 = 163, g = 153 · 204 / 255 = 122, b = 41
    byte[] inks = inkJpeg(51, 102, 204, 51);
    assertNear(pixel(prepare(inks, 3, Fit.STRETCH), 0), 163, 122, 41);

    byte[] inverted = inkJpeg(204, 153, 51, 204);
    byte[] adobe = insert(inverted, 2, "ffee 000e", "Adobe", "0064 0000 0000 00");
    assertNear(pixel(prepare(adobe, 3, Fit.STRETCH), 0), 163, 122, 41);
  }

  @Test
  void orientationIsHonoured() throws Exception {
    // Black left half of a wide image; orientation 6 turns it right, so black comes up.
    BufferedImage wide = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
    fill(wide, 32, 0, 32, 32, Color.WHITE);
    byte[] turned =
        insert(
            TestImages.encode("jpg", wide),
            2,
            "ffe1 0022",
            "Exif",
            "0000 4d4d 002a 0000 0008 0001 0112 0003 0000 0001 0006 0000 0000 0000");
    int[] upright = grey(prepare(TestImages.encode("jpg", wide), 1, Fit.STRETCH));
    assertThat(upright[0]).isCloseTo(0, JPEG_LOSS);
    assertThat(upright[3]).isCloseTo(255, JPEG_LOSS);
    assertThat(upright[12]).isCloseTo(0, JPEG_LOSS);
    int[] portrait = grey(prepare(turned, 1, Fit.STRETCH));
    assertThat(portrait[0]).isCloseTo(0, JPEG_LOSS);
    assertThat(portrait[3]).isCloseTo(0, JPEG_LOSS);
    assertThat(portrait[12]).isCloseTo(255, JPEG_LOSS);
  }

  @Test
  void shrinkingAverages() throws Exception {
    // A chequerboard of single pixels: a shrink that picks pixels gives 0 or 255.
    BufferedImage board = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64 * 64; i++) {
      board.getRaster().setSample(i % 64, i / 64, 0, (i + i / 64) % 2 * 254);
    }
    assertThat(grey(prepare(TestImages.encode("png", board), 1, Fit.STRETCH))).containsOnly(127);
    BufferedImage flat = board.getSubimage(0, 0, 64, 2);
    assertThat(grey(prepare(TestImages.encode("png", flat), 1, Fit.STRETCH))).containsOnly(127);
  }

  @Test
  void cropTakesTheCentreAndPadAddsBlack() throws Exception {
    BufferedImage wide = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    fill(wide, 0, 0, 16, 8, Color.RED);
    fill(wide, 4, 0, 8, 8, Color.WHITE);
    byte[] file = TestImages.encode("png", wide);

    PreparedImage cropped = prepare(file, 3, Fit.CROP);
    for (int i = 0; i < 16; i++) {
      assertThat(pixel(cropped, i)).containsExactly(255, 255, 255);
    }
    PreparedImage padded = prepare(file, 3, Fit.PAD);
    assertThat(pixel(padded, 0)).containsExactly(0, 0, 0);
    assertThat(pixel(padded, 4)).containsExactly(255, 0, 0);
    assertThat(pixel(padded, 5)).containsExactly(255, 255, 255);
    assertThat(pixel(padded, 12)).containsExactly(0, 0, 0);
  }

  /** The part has the target's size: it is neither shrunk nor grown. */
  @Test
  void aCropThatFitsKeepsItsPixels() throws Exception {
    byte[] colour = TestImages.plain("png", 8, 4, ORANGE);
    assertThat(pixel(prepare(colour, 3, Fit.CROP), 15)).containsExactly(240, 120, 30);
    BufferedImage grey = new BufferedImage(8, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 32; i++) {
      grey.getRaster().setSample(i % 8, i / 8, 0, i);
    }
    assertThat(grey(prepare(TestImages.encode("png", grey), 1, Fit.CROP)))
        .containsExactly(2, 3, 4, 5, 10, 11, 12, 13, 18, 19, 20, 21, 26, 27, 28, 29);
  }

  @Test
  void inkCropsToTheStrokes() throws Exception {
    BufferedImage canvas = new BufferedImage(400, 300, BufferedImage.TYPE_INT_RGB);
    fill(canvas, 0, 0, 400, 300, Color.WHITE);
    fill(canvas, 350, 20, 20, 40, Color.BLACK);
    byte[] file = TestImages.encode("png", canvas);
    // The box is 48 square around (360, 40); a quarter of it, 12, stands left of the stroke's 14.
    int[] ink = grey(prepare(file, 1, Fit.INK));
    assertThat(ink[4]).isEqualTo(255);
    assertThat(ink[5]).isBetween(20, 60);
    assertThat(ink[6]).isBetween(20, 60);
    assertThat(ink[7]).isEqualTo(255);
    assertThat(grey(prepare(file, 1, Fit.STRETCH))[5]).isEqualTo(255);
  }

  @Test
  void inkAtTheEdgeIsContinuedInWhiteAndNoInkIsTheWhole() throws Exception {
    BufferedImage canvas = new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB);
    fill(canvas, 0, 0, 100, 100, Color.WHITE);
    assertThat(grey(prepare(TestImages.encode("png", canvas), 1, Fit.INK))).containsOnly(255);
    fill(canvas, 0, 0, 4, 20, Color.BLACK);
    int[] ink = grey(prepare(TestImages.encode("png", canvas), 1, Fit.INK));
    assertThat(ink[4]).isEqualTo(255);
    assertThat(ink[5]).isLessThan(200);
    assertThat(ink[7]).isEqualTo(255);
  }

  @Test
  void strokesFarApartMakeNoCanvasWithoutEnd() {
    BufferedImage line = new BufferedImage(20_000, 10, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) line.getRaster().getDataBuffer()).getData(), (byte) 255);
    line.getRaster().setSample(0, 5, 0, 0);
    line.getRaster().setSample(19_999, 5, 0, 0);
    // 1.2 · 20,000 on each side
    assertThatThrownBy(() -> prepare(TestImages.encode("png", line), 1, Fit.INK))
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage(
            "oversized: its strokes need a canvas of 24000 x 24000 pixels (must be at most"
                + " 200000000)");
  }

  @Test
  void sameBytesGiveTheSamePixels() throws Exception {
    BufferedImage noise = new BufferedImage(301, 203, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int i = 0; i < 301 * 203; i++) {
      noise.setRGB(i % 301, i / 301, random.nextInt());
    }
    byte[] file = TestImages.encode("jpg", noise);
    byte[] first = prepare(file, 3, Fit.CROP).pixels();
    try (ImagePreparer preparer = new ImagePreparer(new ImageShape(4, 4, 3), Fit.CROP)) {
      for (int i = 0; i < 10; i++) {
        preparer.prepare(TestImages.plain("png", 10 + i, 500, ORANGE));
        assertThat(preparer.prepare(file).pixels()).isEqualTo(first);
      }
    }
  }

  @Test
  void noImageIsNamedAsSuch() {
    assertReason(new byte[0], "empty file");
    assertReason(
        "a text file named .jpg".getBytes(StandardCharsets.UTF_8),
        "not an image (must be JPEG, PNG, GIF, BMP, WebP or TIFF)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "bmp", "gif", "tiff"})
  void truncatedFilesAreRefusedWhereverTheyEnd(String format) {
    byte[] file = TestImages.plain(format, 40, 40, ORANGE);
    for (double part : new double[] {.02, .3, .6, .9}) {
      byte[] cut = Arrays.copyOf(file, (int) (file.length * part));
      assertThatThrownBy(() -> prepare(cut, 3, Fit.STRETCH))
          .as("%s of %s", part, format)
          .isInstanceOf(UnreadableImageException.class);
    }
  }

  /** Of the header, the number of tags, and ImageWidth as far as its value. */
  @Test
  void aTiffThatEndsWithinATagIsRefused() {
    ByteBuffer cut = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    cut.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    cut.putShort((short) 1).putShort((short) 256).putShort((short) 4).putInt(1);
    assertReason(cut.array(), "damaged: its header cannot be read");
  }

  @Test
  void damagedPngIsRefused() {
    byte[] file = TestImages.plain("png", 40, 40, ORANGE);
    file[file.length - 25] ^= 0x55;
    assertReason(file, "damaged: its content cannot be decoded");
  }

  @Test
  void bombIsRefusedByItsHeader() {
    byte[] png = TestImages.plain("png", 4, 4, ORANGE);
    ByteBuffer.wrap(png).putInt(16, 50_000).putInt(20, 50_000);
    assertReason(png, "oversized: 50000 x 50000 pixels (must be at most 100000000)");

    byte[] gif = TestImages.plain("gif", 4, 4, ORANGE);
    Arrays.fill(gif, 6, 10, (byte) 0xff);
    assertReason(gif, "oversized: 65535 x 65535 pixels (must be at most 100000000)");

    byte[] frame = TestImages.plain("gif", 4, 4, ORANGE);
    int descriptor = new String(frame, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0\4\0\4\0");
    Arrays.fill(frame, descriptor + 5, descriptor + 9, (byte) 0x7f);
    assertReason(frame, "oversized: 32639 x 32639 pixels (must be at most 100000000)");
  }

  /** It is none of the image's, whose loss all later runs would share. */
  @Test
  void tooLittleMemoryIsNoFaultOfTheImage() {
    byte[] file = TestImages.plain("png", 4, 4, ORANGE);
    ImageShape huge = new ImageShape(1 << 30, 1 << 30, 3);
    try (ImagePreparer preparer = new ImagePreparer(huge, Fit.STRETCH)) {
      assertThatThrownBy(() -> preparer.prepare(file))
          .isInstanceOf(ImageMemoryException.class)
          .hasMessageStartingWith("out of memory: ");
    }
  }

  /** Each time, not as a class that cannot be found after the first. */
  @Test
  void nativesThatCannotBeLoadedAreNamedWithWhatHelps() throws Exception {
    String remedy =
        " (must have 100 MB free and not be mounted noexec; name another:"
            + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/path)";
    assertThatThrownBy(() -> OpenCv.load(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(
            "Cannot load OpenCV from java.io.tmpdir, %s: "
                .formatted(System.getProperty("java.io.tmpdir")))
        .hasMessageEndingWith(remedy);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=/proc/nowhere",
                "-cp",
                System.getProperty("java.class.path"),
                TwoLoads.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("Cannot load OpenCV from java.io.tmpdir, /proc/nowhere")
                    .endsWith(": there is no such file or folder" + remedy));
  }

  /** Prints why OpenCV cannot be loaded, twice. */
  static final class TwoLoads {
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          OpenCv.load();
        } catch (UncheckedIOException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  private static void assertReason(byte[] file, String reason) {
    assertThatThrownBy(() -> prepare(file, 3, Fit.STRETCH))
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage(reason);
  }

  private static PreparedImage prepare(byte[] file, int channels, Fit fit)
      throws UnreadableImageException {
    try (ImagePreparer preparer = new ImagePreparer(new ImageShape(4, 4, channels), fit)) {
      return preparer.prepare(file);
    }
  }

  private static int[] pixel(PreparedImage image, int index) {
    byte[] pixels = image.pixels();
    return new int[] {
      pixels[3 * index] & 0xff, pixels[3 * index + 1] & 0xff, pixels[3 * index + 2] & 0xff
    };
  }

  private static int[] grey(PreparedImage image) {
    int[] values = new int[image.pixels().length];
    Arrays.setAll(values, i -> image.pixels()[i] & 0xff);
    return values;
  }

  private static void assertNear(int[] pixel, int... expected) {
    for (int i = 0; i < 3; i++) {
      assertThat(pixel[i]).as("channel %d", i).isCloseTo(expected[i], JPEG_LOSS);
    }
  }

  private static void fill(BufferedImage image, int x, int y, int width, int height, Color colour) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(x, y, width, height);
    graphics.dispose();
  }

  /** Red 200, green 100, blue 50, all over at α = 128. */
  private static BufferedImage halfTransparent(int type, boolean multiplied) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            true,
            multiplied,
            Transparency.TRANSLUCENT,
            type);
    WritableRaster raster = model.createCompatibleWritableRaster(4, 4);
    int scale = type == DataBuffer.TYPE_USHORT ? 257 : 1;
    int[] colour = multiplied ? new int[] {100, 50, 25, 128} : new int[] {200, 100, 50, 128};
    int[] samples = Arrays.stream(colour).map(value -> value * scale).toArray();
    for (int i = 0; i < 16; i++) {
      raster.setPixel(i % 4, i / 4, samples);
    }
    return new BufferedImage(model, raster, multiplied, null);
  }

  /** 4 × 1 pixels of 32 bits, with masks; the first colour is that of the first pixel alone. */
  private static byte[] bitmap(int header, int alphaMask, int first, int others) {
    int pixels = 14 + Math.max(header, 52);
    ByteBuffer bitmap = ByteBuffer.allocate(pixels + 16).order(ByteOrder.LITTLE_ENDIAN);
    bitmap.put((byte) 'B').put((byte) 'M').putInt(pixels + 16).putInt(0).putInt(pixels);
    bitmap.putInt(header).putInt(4).putInt(1).putShort((short) 1).putShort((short) 32);
    bitmap.putInt(3).putInt(16);
    bitmap.putInt(54, 0xff0000).putInt(58, 0xff00).putInt(62, 0xff);
    if (header >= 56) {
      bitmap.putInt(66, alphaMask);
    }
    for (int i = 0; i < 4; i++) {
      bitmap.putInt(pixels + 4 * i, i == 0 ? first : others);
    }
    return bitmap.array();
  }

  /** Of a PNG. */
  private static byte[] chunk(String type, int... data) {
    byte[] content = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      content[i] = (byte) data[i];
    }
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(name)
        .put(content)
        .putInt((int) checksum.getValue())
        .array();
  }

  private static byte[] insert(byte[] file, int at, byte[] inserted) {
    return ByteBuffer.allocate(file.length + inserted.length)
        .put(file, 0, at)
        .put(inserted)
        .put(file, at, file.length - at)
        .array();
  }

  private static byte[] inkJpeg(int... inks) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, inks);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(raster, null, null), null);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] insert(byte[] file, int at, String head, String text, String tail) {
    byte[] name = text.getBytes(StandardCharsets.US_ASCII);
    byte[] before = HexFormat.of().parseHex(head.replace(" ", ""));
    byte[] after = HexFormat.of().parseHex(tail.replace(" ", ""));
    return ByteBuffer.allocate(file.length + before.length + name.length + after.length)
        .put(file, 0, at)
        .put(before)
        .put(name)
        .put(after)
        .put(file, at, file.length - at)
        .array();
  }
}
