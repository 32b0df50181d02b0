using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary><c>/api/v1/openapi.json</c>, generated from what the endpoints say of themselves (<see cref="Described"/>) and from the JSON shapes of the rooms.</summary>
internal static class ApiDescription
{
    public const string Path = "/api/v1/openapi.json";

    private const string ProblemSchema = "Problem";
    private const string BearerScheme = "bearer";
    private static readonly MethodInfo s_handler = typeof(ApiDescription).GetMethod(nameof(Handler), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Puts a group of endpoints into the description. They take the whole context, which says nothing of them: so they are told apart by their metadata alone.</summary>
    public static T InDescription<T>(this T group) where T : IEndpointConventionBuilder => group.WithMetadata(s_handler, Included.Mark);

    public static IServiceCollection AddApiDescription(this IServiceCollection services, params JsonSerializerContext[] rooms)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            var ours = RestJson.Default.Options;
            json.SerializerOptions.TypeInfoResolver = JsonTypeInfoResolver.Combine([RestJson.Default, .. rooms]);
            json.SerializerOptions.PropertyNamingPolicy = ours.PropertyNamingPolicy;
            json.SerializerOptions.RespectNullableAnnotations = ours.RespectNullableAnnotations;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            foreach (var converter in rooms.SelectMany(room => room.Options.Converters).DistinctBy(converter => converter.GetType())) json.SerializerOptions.Converters.Add(converter);
        });
        return services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.Contains(Included.Mark);
            options.AddSchemaTransformer(Shape);
            options.AddOperationTransformer(DescribeAsync);
            options.AddDocumentTransformer(Introduce);
        });
    }

    /// <summary>What the serialiser's own converters hide from the generator.</summary>
    private static Task Shape(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var orNull = context.JsonTypeInfo.Type != type || context.JsonPropertyInfo is { IsGetNullable: true } || schema.Type?.HasFlag(JsonSchemaType.Null) == true ? JsonSchemaType.Null : default;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Enum = [.. NamesOf(type).Select(name => (JsonNode)JsonValue.Create(name))];
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Format = "date-time";
        }
        else if (type == typeof(Guid))
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Format = "uuid";
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            schema.Type = JsonSchemaType.Integer | orNull;
            schema.Format = type == typeof(int) ? "int32" : "int64";
        }
        else if (type == typeof(string))
        {
            schema.Type = JsonSchemaType.String | orNull;
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Enumerable && schema.Items is null)
        {
            var isTime = type.GetGenericArguments()[0] == typeof(DateTimeOffset);
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = isTime ? "date-time" : null };
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Dictionary && schema.AdditionalProperties is null)
        {
            schema.AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String };
        }
        else if (type == typeof(RawJson))
        {
            schema.Description = "Any JSON value.";
        }

        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters = [.. Parameters(context.Description.RelativePath ?? "", context.Description.HttpMethod ?? "", metadata)];
        if (metadata.OfType<Described.RequestBody>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellationToken) } },
            };
        }

        operation.Description = metadata.OfType<Access>().LastOrDefault() switch
        {
            Access.Permitted permitted => $"Needs the permission `{permitted.Permission}`.",
            Access.SignedIn => "Needs no permission.",
            _ => "Needs a superadmin's token.",
        };
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
        foreach (var (status, meaning) in new[] { ("400", "The body is no JSON."), ("401", "There is no valid token."), ("403", "The token lacks the permission."), ("404", "There is no such thing."), ("409", "It is taken, or its state forbids it."), ("422", "A field is not acceptable; `errors` names it, its limit and the remedy.") })
        {
            operation.Responses ??= [];
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = meaning,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document) } },
            });
        }
    }

    private static IEnumerable<IOpenApiParameter> Parameters(string path, string method, IList<object> metadata)
    {
        foreach (var part in path.Split('{').Skip(1))
        {
            var constrained = part.Split('}')[0].Split(':');
            yield return new OpenApiParameter
            {
                Name = constrained[0],
                In = ParameterLocation.Path,
                Required = true,
                Schema = constrained.ElementAtOrDefault(1) switch
                {
                    "guid" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                    "int" => new OpenApiSchema { Type = JsonSchemaType.Integer },
                    _ => new OpenApiSchema { Type = JsonSchemaType.String },
                },
                Description = constrained[0] switch { "script" => "Id or name.", _ => null },
            };
        }

        var filters = metadata.OfType<Described.QueryParameters>().SelectMany(query => query.Names);
        var paged = metadata.OfType<ProducesResponseTypeMetadata>().Any(produced => produced.Type is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Page<>));
        foreach (var (name, meaning) in filters)
            yield return Query(name, meaning, JsonSchemaType.String);
        if (paged)
        {
            yield return Query("limit", "At most so many items, 1 to 200; 50 where it is left out.", JsonSchemaType.Integer);
            yield return Query("cursor", "`next_cursor` of the page before.", JsonSchemaType.String);
        }

        if (metadata.OfType<Access.Permitted>().Any()) yield return Header("X-Tenant", "The tenant that a superadmin's token acts in.");
        if (method == HttpMethods.Post && !metadata.OfType<IdempotencyMiddleware.TakesNoKey>().Any())
            yield return Header("Idempotency-Key", "The same key gives the first answer for 24 hours.");
        if (method != HttpMethods.Get) yield return Header("If-Match", "The ETag that was read; 412 where it is stale.");
    }

    private static OpenApiParameter Query(string name, string meaning, JsonSchemaType type) =>
        new() { Name = name, In = ParameterLocation.Query, Description = meaning, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiParameter Header(string name, string meaning) =>
        new() { Name = name, In = ParameterLocation.Header, Description = meaning, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static Task Introduce(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sandbox",
            Version = "1",
            Description = "Scripts of tenants, what runs them and what became of it.",
            Contact = new OpenApiContact { Name = "The operator of this installation" },
            License = new OpenApiLicense { Name = "Proprietary", Identifier = "LicenseRef-Proprietary" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []).SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Name!).Distinct().Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name, Description = $"Calls on {name}." }).ToHashSet();
        document.AddComponent(BearerScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token; it begins with sbx_." });
        document.AddComponent(ProblemSchema, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "RFC 9457.",
            Required = new HashSet<string> { "type", "title", "status", "detail", "code" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["execution_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                ["diff"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "Of a draft that another version overtook: `live` and `mine`." },
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { "field", "message" },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String },
                            ["message"] = new OpenApiSchema { Type = JsonSchemaType.String },
                            ["line"] = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null },
                            ["column"] = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null },
                        },
                    },
                },
            },
        });
        return Task.CompletedTask;
    }

    private static IEnumerable<string> NamesOf(Type type) =>
        (IEnumerable<string>)typeof(NamedEnum<>).MakeGenericType(type).GetProperty(nameof(NamedEnum<ScriptKind>.Names), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    /// <summary>Stands for every handler: the generator asks for a method to read parameters from, and these have none.</summary>
    private static Task Handler() => Task.CompletedTask;

    private sealed class Included
    {
        public static readonly Included Mark = new();
    }
}
