using System.Reflection;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Api;

/// <summary>The second gate: the services called directly, as an endpoint or page that forgot to ask would call them.</summary>
public sealed class SecondGateTests(ServiceRig rig) : IClassFixture<ServiceRig>
{
    private const int Patience = 120_000;
    private const string Superadmins = "superadmin";
    private static readonly Type[] s_contracts =
    [
        typeof(IScripts), typeof(IExecutions), typeof(ITenants), typeof(ITokens), typeof(IEntities), typeof(ISecrets), typeof(IEmailSettings),
        typeof(IConnections), typeof(IUsage), typeof(ISdkTypes), typeof(IDurableExecutions), typeof(IDeadLetters), typeof(IAlerts), typeof(IEvents), typeof(ISchedules), typeof(IHooks), typeof(IErrors),
        typeof(IAudit), typeof(IMembers), typeof(IDrafts), typeof(ITries), typeof(IOverview), typeof(ITenantLimits), typeof(IExamples),
        typeof(IEntityTables),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, TokenOwner, string> Needs => new()
    {
        { "IScripts.ListAsync", default, Permissions.ScriptsRead },
        { "IScripts.CountAsync", default, Permissions.ScriptsRead },
        { "IScripts.GetAsync", default, Permissions.ScriptsRead },
        { "IScripts.CreateAsync", default, Permissions.ScriptsCreate },
        { "IScripts.UpdateAsync", default, Permissions.ScriptsUpdate },
        { "IScripts.DeleteAsync", default, Permissions.ScriptsDelete },
        { "IScripts.VersionsAsync", default, Permissions.ScriptsRead },
        { "IScripts.VersionAsync", default, Permissions.ScriptsRead },
        { "IScripts.UsesAsync", default, Permissions.ScriptsRead },
        { "IScripts.DiffAsync", default, Permissions.ScriptsRead },
        { "IScripts.RollbackAsync", default, Permissions.ScriptsUpdate },
        { "IScripts.RollbackAsync", default, Permissions.ScriptsPublish },
        { "IScripts.SetEnabledAsync", default, Permissions.ScriptsUpdate },
        { "IScripts.SetPausedAsync", default, Permissions.ScriptsUpdate },
        { "IScripts.ValidateAsync", default, Permissions.ScriptsRead },
        { "IDrafts.GetAsync", default, Permissions.ScriptsRead },
        { "IDrafts.OthersAsync", default, Permissions.ScriptsUpdate },
        { "IDrafts.PutAsync", default, Permissions.ScriptsUpdate },
        { "IDrafts.DeleteAsync", default, Permissions.ScriptsUpdate },
        { "IDrafts.PublishAsync", default, Permissions.ScriptsPublish },
        { "IExamples.ListAsync", default, Permissions.ScriptsRead },
        { "IExamples.GetAsync", default, Permissions.ScriptsRead },
        { "IExamples.PutAsync", default, Permissions.ScriptsUpdate },
        { "IExamples.DeleteAsync", default, Permissions.ScriptsUpdate },
        { "IExamples.RunAsync", default, Permissions.ScriptsUpdate },
        { "ITries.BeginAsync", default, Permissions.ScriptsUpdate },
        { "IExecutions.GetAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.ListAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.LogsAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.CallsAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.FollowAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.OutlineAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.FollowLogsAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.RelatedAsync", default, Permissions.ExecutionsRead },
        { "IExecutions.CancelAsync", default, Permissions.ExecutionsCancel },
        { "ITenants.ListAsync", default, Superadmins },
        { "ITenants.GetAsync", default, Superadmins },
        { "ITenants.CreateAsync", default, Superadmins },
        { "ITenants.UpdateAsync", default, Superadmins },
        { "ITenants.SetSuspendedAsync", default, Superadmins },
        { "ITenants.DeleteAsync", default, Superadmins },
        { "IEntities.ListAsync", default, Permissions.SettingsManage },
        { "IEntities.GetAsync", default, Permissions.SettingsManage },
        { "IEntities.PutAsync", default, Permissions.SettingsManage },
        { "IEntities.DeleteAsync", default, Permissions.SettingsManage },
        { "IEntityTables.ListAsync", default, Permissions.SettingsManage },
        { "IEntityTables.GetAsync", default, Permissions.SettingsManage },
        { "IEntityTables.DatabasesAsync", default, Permissions.SettingsManage },
        { "ITokens.CreateAsync", TokenOwner.Tenant, Permissions.TokensManage },
        { "ITokens.CreateAsync", TokenOwner.Superadmin, Superadmins },
        { "ITokens.ListAsync", TokenOwner.Tenant, Permissions.TokensManage },
        { "ITokens.ListAsync", TokenOwner.Superadmin, Superadmins },
        { "ITokens.RevokeAsync", TokenOwner.Tenant, Permissions.TokensManage },
        { "ITokens.RevokeAsync", TokenOwner.Superadmin, Superadmins },
        { "IMembers.ListAsync", default, Permissions.MembersManage },
        { "IMembers.GetAsync", default, Permissions.MembersManage },
        { "IMembers.CreateAsync", default, Permissions.MembersManage },
        { "IMembers.UpdateAsync", default, Permissions.MembersManage },
        { "IMembers.RemoveAsync", default, Permissions.MembersManage },
        { "IMembers.ResetTotpAsync", default, Permissions.MembersManage },
        { "ISecrets.ListAsync", default, Permissions.SecretsManage },
        { "ISecrets.GetAsync", default, Permissions.SecretsManage },
        { "ISecrets.PutAsync", default, Permissions.SecretsManage },
        { "ISecrets.DeleteAsync", default, Permissions.SecretsManage },
        { "IEmailSettings.GetAsync", default, Permissions.SettingsManage },
        { "IEmailSettings.PutAsync", default, Permissions.SettingsManage },
        { "IEmailSettings.DeleteAsync", default, Permissions.SettingsManage },
        { "IConnections.ListAsync", default, Permissions.SecretsManage },
        { "IConnections.GetAsync", default, Permissions.SecretsManage },
        { "IConnections.PutAsync", default, Permissions.SecretsManage },
        { "IConnections.DeleteAsync", default, Permissions.SecretsManage },
        { "IUsage.ListAsync", default, Permissions.ExecutionsRead },
        { "ISdkTypes.GetAsync", default, Permissions.ScriptsRead },
        { "IAudit.ListAsync", default, Permissions.AuditRead },
        { "IAudit.GetAsync", default, Permissions.AuditRead },
        { "IAudit.ListAllAsync", default, Superadmins },
        { "IAudit.GetAnyAsync", default, Superadmins },
        { "ITenantLimits.GetAsync", default, Permissions.SettingsManage },
        { "ITenantLimits.HistoryAsync", default, Permissions.SettingsManage },
        { "IOverview.GetAsync", default, Permissions.ExecutionsRead },
        { "IOverview.OpenAsync", default, Permissions.ExecutionsRead },
        { "IOverview.LastAsync", default, Permissions.ExecutionsRead },
        { "IOverview.HoursAsync", default, Permissions.ExecutionsRead },
        { "IOverview.ScriptAsync", default, Permissions.ExecutionsRead },
        { "IErrors.ListAsync", default, Permissions.ExecutionsRead },
        { "IErrors.GetAsync", default, Permissions.ExecutionsRead },
        { "IErrors.ResolveAsync", default, Permissions.ScriptsUpdate },
        { "IErrors.IgnoreAsync", default, Permissions.ScriptsUpdate },
        { "IErrors.ReopenAsync", default, Permissions.ScriptsUpdate },
        { "IDeadLetters.ListAsync", default, Permissions.ExecutionsRead },
        { "IDeadLetters.GetAsync", default, Permissions.ExecutionsRead },
        { "IDeadLetters.ReplayAsync", default, Permissions.DeadLettersManage },
        { "IDeadLetters.ReplayManyAsync", default, Permissions.DeadLettersManage },
        { "IDeadLetters.DiscardAsync", default, Permissions.DeadLettersManage },
        { "IAlerts.ListAsync", default, Permissions.ExecutionsRead },
        { "IAlerts.GetAsync", default, Permissions.ExecutionsRead },
        { "IAlerts.MessagesAsync", default, Permissions.ExecutionsRead },
        { "IAlerts.ChannelsAsync", default, Permissions.SettingsManage },
        { "IAlerts.ChannelAsync", default, Permissions.SettingsManage },
        { "IAlerts.PutChannelAsync", default, Permissions.SettingsManage },
        { "IAlerts.DeleteChannelAsync", default, Permissions.SettingsManage },
        { "IAlerts.TestChannelAsync", default, Permissions.SettingsManage },
        { "IAlerts.RulesAsync", default, Permissions.SettingsManage },
        { "IAlerts.RuleAsync", default, Permissions.SettingsManage },
        { "IAlerts.PutRuleAsync", default, Permissions.SettingsManage },
        { "IAlerts.DeleteRuleAsync", default, Permissions.SettingsManage },
        { "IDurableExecutions.EnqueueAsync", default, Permissions.ScriptsExecute },
        { "IDurableExecutions.ReplayAsync", default, Permissions.ExecutionsReplay },
        { "IDurableExecutions.ReplayManyAsync", default, Permissions.ExecutionsReplay },
        { "IDurableExecutions.CancelManyAsync", default, Permissions.ExecutionsCancel },
        { "IEvents.PublishAsync", default, Permissions.EventsPublish },
        { "IEvents.ListAsync", default, Permissions.ExecutionsRead },
        { "IEvents.GetAsync", default, Permissions.ExecutionsRead },
        { "ISchedules.DueAsync", default, Permissions.ScriptsRead },
        { "ISchedules.NextAsync", default, Permissions.ScriptsRead },
        { "ISchedules.ListAsync", default, Permissions.ScriptsRead },
        { "ISchedules.RunAsync", default, Permissions.ScriptsExecute },
        { "IHooks.ListAsync", default, Permissions.ScriptsRead },
        { "IHooks.GetAsync", default, Permissions.ScriptsRead },
        { "IHooks.CallAsync", default, Permissions.ScriptsExecute },
        { "ISchedules.WhyAsync", default, Permissions.ScriptsRead },
    };

    public static TheoryData<string> CallsInTenants =>
        [.. Needs.Select(row => row.Data).Where(row => row.Item3 != Superadmins).Select(row => row.Item1).Distinct()];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Needs))]
    public async Task A_call_is_refused_to_a_member_that_has_every_permission_but_its_own(string method, TokenOwner owner, string need)
    {
        var before = await CountAsync();
        var lacking = Member(Permissions.All.Where(permission => permission != need));

        var problem = (await CallAsync(method, lacking, owner)).ShouldNotBeNull();

        (problem.Status, problem.Code).ShouldBe((403, Codes.NotAllowed));
        problem.Detail.ShouldContain(need);
        problem.Detail.ShouldContain("the member 'eve'");
        (await CountAsync()).ShouldBe(before);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Needs))]
    public async Task A_call_is_not_refused_to_whoever_has_its_permission(string method, TokenOwner owner, string need)
    {
        var holder = need == Superadmins ? Principal.System("test", rig.Tenant) : Member(Permissions.All);

        // The entity's table is none of this database's, and a try without a source is none: that is found after the gate.
        (await CallAsync(method, holder, owner))?.Status.ShouldBe(method is "IEntities.PutAsync" or "ITries.BeginAsync" ? 422 : 404);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(CallsInTenants))]
    public async Task A_call_in_a_tenant_is_a_400_to_a_superadmin_who_named_none(string method)
    {
        var problem = (await CallAsync(method, Principal.System("test", tenantId: null), TokenOwner.Tenant)).ShouldNotBeNull();

        (problem.Status, problem.Code).ShouldBe((400, Codes.InvalidArgument));
    }

    [Fact]
    public void Every_method_that_takes_a_principal_is_in_the_table_and_every_other_is_the_authentication()
    {
        var methods = s_contracts.SelectMany(contract => contract.GetMethods())
            .ToLookup(method => method.GetParameters()[0].ParameterType == typeof(Principal), Named);

        methods[true].Order(StringComparer.Ordinal).ShouldBe(Needs.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));
        methods[false].ShouldBe(["ITokens.AuthenticateAsync"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_gives_no_permission_that_its_maker_lacks()
    {
        var tokens = (ITokens)rig.Of(typeof(ITokens));
        var maker = Member([Permissions.TokensManage, Permissions.ScriptsRead]);

        var refused = await tokens.CreateAsync(maker, TokenOwner.Tenant, "more", [Permissions.ScriptsRead, Permissions.ScriptsDelete], null, Stop);
        var made = await tokens.CreateAsync(maker, TokenOwner.Tenant, "same", [Permissions.ScriptsRead], null, Stop);

        var problem = refused.Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(403);
        problem.Detail.ShouldContain(Permissions.ScriptsDelete);
        made.Value.ShouldNotBeNull().Token.TenantId.ShouldBe(rig.Tenant);
        var listed = (await tokens.ListAsync(maker, TokenOwner.Tenant, new PageRequest(), Stop)).Value.ShouldNotBeNull();
        var names = listed.Items.Select(token => token.Name).ToArray();
        names.ShouldContain("same");
        names.ShouldNotContain("more");
    }

    private Principal Member(IEnumerable<string> permissions) =>
        new(PrincipalKind.Member, Guid.NewGuid(), "eve", rig.Tenant, Superadmin: false, permissions.ToHashSet(StringComparer.Ordinal));

    private static string Named(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>The problem that the method answers with; null: none.</summary>
    private async Task<Problem?> CallAsync(string name, Principal principal, TokenOwner owner)
    {
        var method = s_contracts.SelectMany(contract => contract.GetMethods()).Single(method => Named(method) == name);
        var arguments = method.GetParameters().Select(parameter => Argument(parameter.ParameterType, principal, owner)).ToArray();
        var call = (Task)method.Invoke(rig.Of(method.DeclaringType!), arguments)!;
        await call;
        var result = call.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(call)!;
        return (Problem?)result.GetType().GetProperty(nameof(Result<>.Problem))!.GetValue(result);
    }

    /// <summary>What is acceptable and, where it is not to be made, names nothing that there is.</summary>
    private static object? Argument(Type type, Principal principal, TokenOwner owner) =>
        type == typeof(Principal) ? principal
        : type == typeof(TokenOwner) ? owner
        : type == typeof(string) ? "nothing-here"
        : type == typeof(ScriptWrite) ? new ScriptWrite { Name = "price", Kind = ScriptKind.Embedded, Source = "return 1" }
        : type == typeof(TenantWrite) ? new TenantWrite { Slug = "other", Name = "Other" }
        : type == typeof(MemberWrite) ? new MemberWrite { Email = "new@example.com", Name = "New", Role = Roles.Viewer }
        : type == typeof(MemberChange) ? new MemberChange { Role = Roles.Viewer }
        : type == typeof(DraftWrite) ? new DraftWrite { BaseVersion = 1, Source = "return 1" }
        : type == typeof(TryWrite) ? new TryWrite { Kind = ScriptKind.Embedded }
        : type == typeof(ExampleWrite) ? new ExampleWrite()
        : type == typeof(ExampleRun) ? new ExampleRun()
        : type == typeof(TraceParent) ? null
        : type == typeof(PublishWrite) ? new PublishWrite()
        : type == typeof(ValidateRequest) ? new ValidateRequest(ScriptKind.Embedded, "return 1", null, null)
        : type == typeof(IReadOnlyCollection<Guid>) ? Array.Empty<Guid>()
        : type == typeof(ExecutionFilter) ? new ExecutionFilter()
        : type == typeof(ScriptFilter) ? new ScriptFilter()
        : type == typeof(DeadLetterFilter) ? new DeadLetterFilter(null, null, null, null, null, null)
        : type == typeof(AlertFilter) ? new AlertFilter()
        : type == typeof(AlertChannelWrite) ? new AlertChannelWrite { Type = AlertChannelType.Email, To = ["ops@example.com"] }
        : type == typeof(AlertRuleWrite) ? new AlertRuleWrite(On: [AlertCondition.Failure])
        : type == typeof(EnqueueRequest) ? new EnqueueRequest(RawJson.Null, null)
        : type == typeof(ReplayRequest) ? new ReplayRequest(null, false, false, false)
        : type == typeof(BulkRequest) ? new BulkRequest(new ExecutionFilter(), null)
        : type == typeof(IReadOnlyList<NewEvent>) ? new[] { new NewEvent("1", "/test", "order.paid", RawJson.Null) }
        : type == typeof(EventQuery) ? new EventQuery()
        : type == typeof(OccurrenceFilter) ? new OccurrenceFilter()
        : type == typeof(OccurrenceRun) ? new OccurrenceRun(DateTimeOffset.UnixEpoch, null, null, false)
        : type == typeof(HookCall) ? new HookCall([RawJson.Null], IsList: false, 0)
        : type == typeof(DateTimeOffset) ? DateTimeOffset.UnixEpoch
        : type == typeof(ErrorFilter) ? new ErrorFilter()
        : type == typeof(AuditFilter) ? new AuditFilter()
        : type == typeof(UsageFilter) ? new UsageFilter()
        : type == typeof(EntityTableFilter) ? new EntityTableFilter()
        : type == typeof(EntityWrite) ? new EntityWrite { Table = "shop.orders", Key = "id", Fields = new Dictionary<string, EntityField>(StringComparer.Ordinal), Operations = ["read"] }
        : type == typeof(EmailSettingsWrite) ? new EmailSettingsWrite { Host = "smtp.example.com", Port = 587, FromAddress = "a@example.com" }
        : type == typeof(ConnectionWrite) ? new ConnectionWrite { Type = ConnectionType.Header, Hosts = ["api.example.com"], Header = "x-key", Value = "hunter2!" }
        : type == typeof(PageRequest) ? new PageRequest()
        : type == typeof(IReadOnlyList<string>) ? Array.Empty<string>()
        : type == typeof(CancellationToken) ? Stop
        : type == typeof(Guid) ? Guid.NewGuid()
        : type == typeof(int) ? 1
        : type == typeof(bool) ? true
        : Nullable.GetUnderlyingType(type) is not null ? null
        : throw new InvalidOperationException($"An argument of the type {type} is needed here.");

    private async Task<long> CountAsync()
    {
        await using var admin = await rig.Database.AsSuperuserAsync();
        return await admin.ScalarAsync<long>(
            """
            select (select count(*) from sandbox.tenants) + (select count(*) from sandbox.tokens)
                + (select count(*) from sandbox.people) + (select count(*) from sandbox.members)
                + (select count(*) from sandbox.scripts) + (select count(*) from sandbox.secrets)
                + (select count(*) from sandbox.connections) + (select count(*) from sandbox.events)
                + (select count(*) from sandbox.alert_channels) + (select count(*) from sandbox.alert_rules)
            """);
    }
}
