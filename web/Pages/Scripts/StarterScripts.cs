using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>What a new script begins with: short, and it runs as it stands.</summary>
public static class StarterScripts
{
    public static EditedScript Of(ScriptKind kind) => kind switch
    {
        ScriptKind.Http => new EditedScript
        {
            Kind = kind,
            Trigger = new RawJson("""{"path": "/hello", "methods": ["GET"], "auth": "token"}"""),
            Source = """
                // Answers a request. What is returned is its body.
                const { query } = context.trigger.httpRequest;
                sdk.log.info('greeted', { name: query.name });
                return { message: `Hello, ${query.name ?? 'world'}!` };
                """,
        },
        ScriptKind.Scheduled => new EditedScript
        {
            Kind = kind,
            Trigger = new RawJson("""{"cron": "0 6 * * *", "timezone": "UTC"}"""),
            Source = """
                // Runs when it is due. context.trigger says for which moment.
                const runs = await sdk.cache.increment('runs');
                console.log(`Run ${runs}, due ${context.trigger.scheduledFor}`);
                return { runs };
                """,
        },
        ScriptKind.Event => new EditedScript
        {
            Kind = kind,
            Trigger = new RawJson("""{"event_types": ["payment.processed"]}"""),
            Source = """
                // Runs for each event. context.input is what was published with it.
                const { input } = context;
                sdk.label('event', context.trigger.eventType);
                console.log('received', input);
                return { received: Object.keys(input ?? {}) };
                """,
        },
        ScriptKind.OneOff => new EditedScript
        {
            Kind = kind,
            Source = """
                // Runs once, when somebody starts it. It may take long: tell how far it is.
                const { items = [] } = context.input ?? {};
                let done = 0;
                for (const item of items) {
                  console.log('item', item);
                  done += 1;
                  sdk.progress(done, items.length);
                }
                return { done };
                """,
        },
        ScriptKind.Embedded => new EditedScript
        {
            Kind = kind,
            Source = """
                // The application calls it and waits for the answer.
                const { quantity = 1, price = 0 } = context.input ?? {};
                const discount = quantity >= 10 ? 0.1 : 0;
                return { total: quantity * price * (1 - discount) };
                """,
        },
        _ => throw new InvalidOperationException(kind.ToString()),
    };
}
