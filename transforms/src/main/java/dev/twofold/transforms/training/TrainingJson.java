package dev.twofold.transforms.training;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.twofold.models.EnumNames;
import java.io.IOException;
import java.util.Arrays;

/**
 * JSON of specifications, requests and results: records as objects, enums in their one spelling.
 */
public final class TrainingJson {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(enums())
          .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
          .build();

  private TrainingJson() {}

  @SuppressWarnings("rawtypes") // Jackson names enum types raw
  private static SimpleModule enums() {
    SimpleModule module = new SimpleModule("enums");
    module.addSerializer(new EnumWriter());
    module.setDeserializers(
        new SimpleDeserializers() {
          private static final long serialVersionUID = 1L;

          @Override
          public JsonDeserializer<?> findEnumDeserializer(
              Class<?> type, DeserializationConfig config, BeanDescription description) {
            return new EnumReader(type);
          }
        });
    return module;
  }

  @SuppressWarnings("rawtypes") // of any enum
  private static final class EnumWriter extends StdSerializer<Enum> {
    private static final long serialVersionUID = 1L;

    EnumWriter() {
      super(Enum.class);
    }

    @Override
    public void serialize(Enum value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(EnumNames.of(value));
    }
  }

  private static final class EnumReader extends JsonDeserializer<Object> {
    private final Class<?> type;

    EnumReader(Class<?> type) {
      this.type = type;
    }

    @Override
    public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
      String name = json.getText();
      return Arrays.stream(type.getEnumConstants())
          .filter(constant -> EnumNames.of((Enum<?>) constant).equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  JsonMappingException.from(
                      json, "Unknown %s: %s".formatted(type.getSimpleName(), name)));
    }
  }

  /** The record that this tree describes. */
  public static <T> T read(Object tree, Class<T> type) {
    JavaType javaType = MAPPER.constructType(type);
    return MAPPER.convertValue(tree, javaType);
  }
}
