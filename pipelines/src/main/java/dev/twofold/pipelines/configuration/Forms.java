package dev.twofold.pipelines.configuration;

import dev.twofold.models.methods.Prior;
import java.util.Map;

/** The types that are not written key by key. */
final class Forms {

  static final Map<Class<?>, Binder.Form<?>> ALL =
      Map.of(
          ByteSize.class, (Binder.Form<ByteSize>) ByteSize::read,
          ImageSize.class, (Binder.Form<ImageSize>) ImageSize::read,
          ClassChoice.class, (Binder.Form<ClassChoice>) ClassChoice::read,
          LabelMap.class, (Binder.Form<LabelMap>) LabelMap::read,
          Prior.class, (Binder.Form<Prior>) PriorForm::read,
          GroupTask.class, (Binder.Form<GroupTask>) GroupTask::read,
          MethodEntry.class, (Binder.Form<MethodEntry>) MethodEntry::read,
          SweepSettings.class, (Binder.Form<SweepSettings>) SweepSettings::read,
          WorkerSettings.Threads.class,
              (Binder.Form<WorkerSettings.Threads>) WorkerSettings.Threads::read);

  private Forms() {}
}
