package dev.twofold.transforms.training;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
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
import dev.twofold.models.methods.Prior;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;

/**
 * JSON of specifications, requests and results: records as objects, enums and what else
 * configurations write in one word in that spelling.
 */
public final class TrainingJson {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(module())
          .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
          .build();

  private static final Type GROUPS = new TypeReference<List<List<String>>>() {}.getType();

  private TrainingJson() {}

  @SuppressWarnings("rawtypes") // Jackson names enum types raw
  private static SimpleModule module() {
    SimpleModule module = new SimpleModule("twofold");
    module.addSerializer(new EnumWriter());
    SimpleDeserializers deserializers =
        new SimpleDeserializers() {
          private static final long serialVersionUID = 1L;

          @Override
          public JsonDeserializer<?> findEnumDeserializer(
              Class<?> type, DeserializationConfig config, BeanDescription description) {
            return new EnumReader(type);
          }
        };
    deserializers.addDeserializer(Prior.class, new PriorReader());
    module.setDeserializers(deserializers);
    return module;
  }

  /** Lists of tasks, or {@code auto}. */
  private static final class PriorReader extends JsonDeserializer<Prior> {

    @Override
    public Prior deserialize(JsonParser json, DeserializationContext context) throws IOException {
      if (json.hasToken(JsonToken.VALUE_STRING) && json.getText().equals("auto")) {
        return Prior.AUTO;
      }
      return new Prior(context.readValue(json, context.getTypeFactory().constructType(GROUPS)));
    }
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
