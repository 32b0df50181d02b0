using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

/// <summary>Signatures from the providers' own documents.</summary>
public sealed class WebhookSignatureTests
{
    private const int Tolerance = 300;
    private const string SlackBody =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
        + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    private const string GitHubMac = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    private const string SlackMac = "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private const string StandardMac = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly string s_stripeMac = Convert.ToHexStringLower(HMACSHA256.HashData("whsec_test"u8, "1600000000.{}"u8));

    [Theory(Timeout = 10_000)]
    [InlineData("github")]
    [InlineData("meta")]
    public Task The_example_of_GitHubs_documents_is_valid_and_a_changed_body_is_not(string provider)
    {
        var named = provider == "meta" ? WebhookProvider.Meta : WebhookProvider.GitHub;
        var headers = new HeaderDictionary { ["X-Hub-Signature-256"] = $"sha256={GitHubMac}" };
        IsValid(named, "It's a Secret to Everybody", headers, "Hello, World!", 0).ShouldBeTrue();
        IsValid(named, "It's a Secret to Everybody", headers, "Hello, World?", 0).ShouldBeFalse();
        IsValid(named, "It's a secret to everybody", headers, "Hello, World!", 0).ShouldBeFalse();
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData(GitHubMac)]
    [InlineData("sha1=" + GitHubMac)]
    [InlineData("sha256=" + GitHubMac + "00")]
    [InlineData("sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha256=757107ea")]
    public Task A_malformed_signature_is_not_valid(string header)
    {
        IsValid(WebhookProvider.GitHub, "It's a Secret to Everybody", new HeaderDictionary { ["X-Hub-Signature-256"] = header }, "Hello, World!", 0).ShouldBeFalse();
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task No_header_and_two_of_a_kind_are_not_valid()
    {
        IsValid(WebhookProvider.GitHub, "It's a Secret to Everybody", [], "Hello, World!", 0).ShouldBeFalse();
        var twice = new HeaderDictionary { ["X-Hub-Signature-256"] = new([$"sha256={GitHubMac}", $"sha256={GitHubMac}"]) };
        IsValid(WebhookProvider.GitHub, "It's a Secret to Everybody", twice, "Hello, World!", 0).ShouldBeFalse();
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData(1531420618, 0, true)]
    [InlineData(1531420618, Tolerance, true)]
    [InlineData(1531420618, -Tolerance, true)]
    [InlineData(1531420618, Tolerance + 1, false)]
    [InlineData(1531420618, -Tolerance - 1, false)]
    [InlineData(1531420619, 0, false)]
    public Task The_example_of_Slacks_documents_is_valid_within_the_tolerance(long stamp, int later, bool valid)
    {
        var headers = new HeaderDictionary { ["X-Slack-Signature"] = $"v0={SlackMac}", ["X-Slack-Request-Timestamp"] = $"{stamp}" };
        IsValid(WebhookProvider.Slack, "8f742231b10e8888abcd99yyyzzz85a5", headers, SlackBody, stamp + later).ShouldBe(valid);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("v1," + StandardMac, true)]
    [InlineData("v1,AAAA v1," + StandardMac, true)]
    [InlineData("v1a,AAAA v1," + StandardMac + " v1,AAAA", true)]
    [InlineData("v1,AAAA", false)]
    [InlineData("v1a," + StandardMac, false)]
    [InlineData("v1," + StandardMac + "AAAA", false)]
    [InlineData(StandardMac, false)]
    public Task The_example_of_Standard_Webhooks_is_valid_among_others_of_a_rotation(string signature, bool valid)
    {
        StandardKey.TryRead("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out var key).ShouldBeTrue();
        var headers = new HeaderDictionary { ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature };
        var body = """{"test": 2432232314}"""u8;
        WebhookSignature.IsValid(WebhookProvider.Standard, key, headers, body, DateTimeOffset.FromUnixTimeSeconds(1614265330), Tolerance).ShouldBe(valid);
        headers.Remove("webhook-id");
        WebhookSignature.IsValid(WebhookProvider.Standard, key, headers, body, DateTimeOffset.FromUnixTimeSeconds(1614265330), Tolerance).ShouldBeFalse();
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("t=1600000000,v1=*", true)]
    [InlineData("t=1600000000, v1=00, v1=*, v0=11", true)]
    [InlineData("v1=*,t=1600000000", true)]
    [InlineData("t=1600000000,v0=*", false)]
    [InlineData("t=1600000000", false)]
    [InlineData("v1=*", false)]
    [InlineData("t=1600000001,v1=*", false)]
    [InlineData("t=1600000000,t=1600000000,v1=*", false)]
    [InlineData("t=-1600000000,v1=*", false)]
    [InlineData("t=99999999999999999999,v1=*", false)]
    [InlineData("t=1600000000000,v1=*", false)]
    public Task A_signature_of_Stripe_names_its_time_and_one_or_more_of_version_1(string header, bool valid)
    {
        var headers = new HeaderDictionary { ["Stripe-Signature"] = header.Replace("*", s_stripeMac, StringComparison.Ordinal) };
        IsValid(WebhookProvider.Stripe, "whsec_test", headers, "{}", 1600000000).ShouldBe(valid);
        IsValid(WebhookProvider.Stripe, "whsec_test", headers, "{}", 1600000000 + Tolerance + 1).ShouldBeFalse();
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("""{"type":"url_verification","challenge":"3eZbrw1a\u0042","token":"x"}""", "3eZbrw1aB")]
    [InlineData("""{"type":"event_callback","challenge":"x"}""", null)]
    [InlineData("""{"type":"url_verification","challenge":1}""", null)]
    [InlineData("""["url_verification"]""", null)]
    [InlineData("payload=%7B%7D", null)]
    [InlineData("", null)]
    public Task Slacks_challenge_is_read_from_its_verification_alone(string body, string? challenge)
    {
        WebhookHandshake.Slack(Encoding.UTF8.GetBytes(body)).ShouldBe(challenge);
        return Task.CompletedTask;
    }

    private static bool IsValid(WebhookProvider provider, string key, HeaderDictionary headers, string body, long now) =>
        WebhookSignature.IsValid(provider, Encoding.UTF8.GetBytes(key), headers, Encoding.UTF8.GetBytes(body), DateTimeOffset.FromUnixTimeSeconds(now), Tolerance);
}
