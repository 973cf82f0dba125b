package dev.twofold.pipelines.configuration;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.twofold.models.EnumNames;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Prior;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The JSON Schema of configurations: keys from the records, descriptions from their javadoc. */
final class ConfigurationSchema {
  private final Javadoc javadoc;
  private final SchemaGenerator generator;

  /**
   * @param root of the repository, for the sources
   */
  ConfigurationSchema(Path root) {
    this.javadoc = new Javadoc(root);
    this.generator = new SchemaGenerator(config().build());
  }

  JsonNode generate() {
    ObjectNode schema = generator.generateSchema(Configuration.class);
    schema.put("title", "A configuration of Twofold");
    ObjectNode definitions = (ObjectNode) schema.get("$defs");
    Methods.ALL.forEach(type -> definitions.set(type.name(), method(type)));
    ((ObjectNode) definitions.at("/BackboneSettings/properties/vgg/items"))
        .putArray("type")
        .add("string")
        .add("integer");
    mayExtend(schema);
    forbidUnknownKeys(schema);
    return schema;
  }

  /** What a configuration extends may have the keys that it lacks. */
  private static void mayExtend(ObjectNode schema) {
    ObjectNode files = ((ObjectNode) schema.get("properties")).putObject(Extension.KEY);
    files.put(
        "description",
        "configurations that this one is laid over, key by key; relative to this file");
    ArrayNode forms = files.putArray("anyOf");
    forms.addObject().put("type", "string");
    forms.addObject().put("type", "array").putObject("items").put("type", "string");
    JsonNode required = schema.remove("required");
    schema.putObject("if").putObject("not").putArray("required").add(Extension.KEY);
    schema.putObject("then").set("required", required);
  }

  private static void forbidUnknownKeys(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("type").asText().equals("object")
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ConfigurationSchema::forbidUnknownKeys);
  }

  private SchemaGeneratorConfigBuilder config() {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    config
        .forFields()
        .withTargetTypeOverridesResolver(ConfigurationSchema::underOverlay)
        .withDescriptionResolver(this::description)
        .withRequiredCheck(field -> field.getAnnotation(Required.class) != null);
    config
        .forTypesInGeneral()
        .withPropertySorter(Comparator.comparing(MemberScope::isFakeContainerItemScope))
        .withCustomDefinitionProvider(new Forms());
    return config;
  }

  /** An overlay has the keys of what it is laid over. */
  private static List<ResolvedType> underOverlay(FieldScope field) {
    return field.getType() != null && field.getType().getErasedType() == Overlay.class
        ? field.getType().getTypeParameters()
        : null;
  }

  private String description(FieldScope field) {
    return field.getDeclaringType().getErasedType().isRecord()
        ? javadoc.of(field.getDeclaringType().getErasedType(), field.getName())
        : null;
  }

  /** Keys that every method has, with the method's own. */
  private ObjectNode method(MethodType<?> type) {
    ObjectNode keys = generator.generateSchema(MethodEntry.Keys.class);
    ObjectNode own = generator.generateSchema(type.settingsType());
    ObjectNode properties = (ObjectNode) keys.get("properties");
    keys.remove("$schema");
    own.path("properties")
        .properties()
        .forEach(key -> properties.set(key.getKey(), key.getValue()));
    ((ObjectNode) properties.get("method")).putArray("enum").add(type.name());
    keys.remove("$defs");
    if (type.isClosedForm()) {
      properties.remove(MethodEntry.TRAINED);
    }
    return keys;
  }

  /** The types that are not written key by key. */
  private static final class Forms implements CustomDefinitionProviderV2 {

    @Override
    public CustomDefinition provideCustomSchemaDefinition(
        ResolvedType type, SchemaGenerationContext context) {
      ObjectNode schema = context.getGeneratorConfig().createObjectNode();
      Class<?> erased = type.getErasedType();
      if (erased.isEnum()) {
        ArrayNode names = schema.putArray("enum");
        EnumNames.all(enumType(erased)).forEach(names::add);
        return inline(schema);
      }
      if (erased == Map.class) {
        return inline(map(type.getTypeParameters().get(1), schema, context));
      }
      return form(erased, type, schema, context);
    }

    private CustomDefinition form(
        Class<?> erased, ResolvedType type, ObjectNode schema, SchemaGenerationContext context) {
      if (erased == ByteSize.class) {
        schema.put("type", "string").put("pattern", "^[0-9]{1,9} ?(B|KB|MB|GB|TB)$");
      } else if (erased == ImageSize.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("type", "integer").put("minimum", 1).put("maximum", 4096);
        ObjectNode pair = forms.addObject().put("type", "array");
        pair.put("minItems", 2).put("maxItems", 2).putObject("items").put("type", "integer");
      } else if (erased == ClassChoice.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("type", "integer").put("minimum", 2);
        ObjectNode names = forms.addObject().put("type", "array").put("minItems", 2);
        names.putObject("items").putArray("type").add("string").add("number").add("boolean");
      } else if (erased == LabelMap.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("type", "string");
        ObjectNode classes = forms.addObject().put("type", "object");
        classes.putObject("additionalProperties").put("type", "string");
      } else if (erased == WorkerSettings.Threads.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("const", "auto");
        forms
            .addObject()
            .put("type", "integer")
            .put("minimum", 1)
            .put("maximum", WorkerSettings.Threads.MOST);
      } else if (erased == Prior.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("const", "auto");
        ObjectNode groups = forms.addObject().put("type", "array");
        groups.putObject("items").put("type", "array").putObject("items").put("type", "string");
      } else if (erased == GroupTask.class) {
        ArrayNode forms = schema.putArray("anyOf");
        forms.addObject().put("type", "string");
        forms.add(context.createStandardDefinition(type, this));
      } else if (erased == SweepSettings.class) {
        sweep(schema);
      } else {
        return null;
      }
      return inline(schema);
    }

    private static ObjectNode map(
        ResolvedType values, ObjectNode schema, SchemaGenerationContext context) {
      schema.put("type", "object");
      if (values.getErasedType() == MethodEntry.class) {
        return methods(schema);
      }
      orNull(schema.putObject("additionalProperties").putArray("anyOf"))
          .add(context.createDefinitionReference(values));
      return schema;
    }

    /** A key of a map may be taken away. */
    private static ArrayNode orNull(ArrayNode forms) {
      forms.addObject().put("type", "null");
      return forms;
    }

    private static ObjectNode methods(ObjectNode schema) {
      ObjectNode properties = schema.putObject("properties");
      ArrayNode any = orNull(schema.putObject("additionalProperties").putArray("anyOf"));
      for (MethodType<?> method : Methods.ALL) {
        String reference = "#/$defs/" + method.name();
        ObjectNode property = properties.putObject(method.name());
        property.put(
            "description",
            "The method %s, unless `method` says otherwise".formatted(method.name()));
        orNull(property.putArray("anyOf")).addObject().put("$ref", reference);
        any.addObject().put("$ref", reference);
      }
      return schema;
    }

    private static void sweep(ObjectNode schema) {
      schema.put("type", "object");
      ObjectNode zip =
          schema
              .putObject("properties")
              .putObject("zip")
              .put("type", "array")
              .put("description", "Blocks of dotted keys whose lists are taken side by side");
      lists(zip.putObject("items").put("type", "object").putObject("additionalProperties"));
      lists(schema.putObject("additionalProperties"));
    }

    private static void lists(ObjectNode schema) {
      schema.put("type", "array").put("minItems", 1);
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Enum<?>> enumType(Class<?> type) {
      return (Class<? extends Enum<?>>) type;
    }

    private static CustomDefinition inline(ObjectNode schema) {
      return new CustomDefinition(
          schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.YES);
    }
  }
}
