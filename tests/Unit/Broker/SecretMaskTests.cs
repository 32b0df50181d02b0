using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Sandbox.Supervisor.Broker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Broker;

public sealed class SecretMaskTests
{
    private static readonly Gen<char> s_characters = Gen.OneOf(
        Gen.Char['a', 'f'], Gen.Char[' ', '~'], Gen.Char["\"\\\n\0*+/%\u00e9\u4e2d\u2028<&"]);

    private static readonly string[] s_chosen = ["\U0001F600\U0001F600\U0001F600", "1234567890", "p\u00e4ss w\u00f6rd"];

    private static readonly Gen<string> s_values = Gen.OneOf(
        s_characters.Array[6, 12].Select(characters => new string(characters)),
        Gen.Char['a', 'b'].Array[6, 8].Select(characters => new string(characters)),
        Gen.Int[0, 2].Select(index => s_chosen[index]));

    private static readonly Gen<string> s_pieces = s_characters.Array[0, 8].Select(characters => new string(characters));

    [Fact]
    public void A_text_that_is_too_long_for_all_its_forms_is_masked_whole_where_a_value_is_in_it()
    {
        var mask = Mask([.. Enumerable.Range(0, SecretMask.ValuesMax).Select(n => $"value-number-{n:0000}")]);
        var text = new string('x', 9 << 20);
        var json = $"[\"{text}\"]";

        mask.Apply(text, wasCut: false).ShouldBeSameAs(text);
        mask.ApplyToJson(json).ShouldBe(json);
        mask.Apply($"{text}value-number-0007", wasCut: false).ShouldBe("***");
        mask.ApplyToJson($"[\"{text}\",\"value-number-0007\"]").ShouldBe("\"***\"");
    }

    [Fact]
    public void No_spelling_of_a_value_survives_in_any_text() =>
        Gen.Select(s_values, s_pieces, s_pieces, Gen.Int[0, 19]).Sample((value, before, after, spelling) =>
        {
            var spelled = Spell(value, before, after, spelling);

            var masked = Mask(value).Apply(spelled.Text, wasCut: false);

            masked.ShouldNotContain(spelled.Secret);
            masked.ShouldContain("***");
        });

    [Fact]
    public void Values_that_overlap_are_masked_whole() => Gen.Select(s_pieces, s_pieces, Gen.Int[1, 5]).Sample((before, after, shared) =>
    {
        const string one = "alpha-beta";
        const string other = "-beta-gamma";
        var text = before + one + other["-beta".Length..] + after;

        var masked = Mask(one, other).Apply(text, wasCut: false);

        masked.ShouldBe($"{before}***{after}");
        Mask(other[..^shared], one).Apply(one + one, wasCut: false).ShouldBe("******");
    });

    [Theory]
    [InlineData("a:hunter2!:b", "a:***:b")]
    [InlineData("hunter2!hunter2!", "******")]
    [InlineData("hunter2", "hunter2")]
    [InlineData("aHVudGVyMiE=", "***")]
    [InlineData("Og==", "Og==")]
    public void What_is_no_secret_stays(string text, string expected) => Mask("hunter2!").Apply(text, wasCut: false).ShouldBe(expected);

    [Fact]
    public void A_beginning_at_the_end_of_a_cut_text_is_masked_from_four_characters_on() =>
        Gen.Select(Gen.Int[1, 15], Gen.Bool).Sample((length, wasCut) =>
        {
            const string value = "Tr0ub4dor&3-horse";

            var masked = Mask(value).Apply("key " + value[..length], wasCut);

            masked.ShouldBe(wasCut && length >= 4 ? "key ***" : "key " + value[..length]);
        });

    [Fact]
    public void A_text_that_was_cut_anywhere_shows_at_most_three_characters_of_any_spelling() =>
        Gen.Select(Gen.Int[0, 19], Gen.Int[4, 200]).Sample((spelling, length) =>
        {
            const string value = "Tr0ub4dor & 3 h\u00f6rse?";
            var spelled = Spell(value, "<", ">", spelling);
            var cut = spelled.Text[..Math.Min(length, spelled.Text.Length)];

            var masked = Mask(value).Apply(cut, wasCut: true);

            if (cut.Length >= spelled.Text.IndexOf(spelled.Secret, StringComparison.Ordinal) + 4) masked.ShouldContain("***");
            masked.ShouldNotContain(spelled.Secret[..4]);
        });

    [Fact]
    public void A_replacement_that_completes_another_occurrence_hides_that_too()
    {
        var mask = Mask("abc***def");

        mask.Apply("abcabc***defdef", wasCut: false).ShouldBe("***");
        mask.Apply(string.Concat(Enumerable.Repeat("abc", 50)) + "***" + string.Concat(Enumerable.Repeat("def", 50)), wasCut: false)
            .ShouldNotContain("abc***def");
    }

    [Fact]
    public void Json_stays_json_of_the_same_shape_and_shows_no_value() =>
        Gen.Select(s_values, s_pieces, s_pieces, Gen.Int[0, 2]).Sample(JsonIsMasked);

    [Theory]
    [InlineData("""{"pin":123456,"n":12}""", """{"pin":"***","n":12}""")]
    [InlineData("""[-1234567.5e3]""", """["***"]""")]
    [InlineData("""{"123456":[1,2]}""", """{"***":[1,2]}""")]
    [InlineData("[123,456]", "[123,456]")]
    public void A_value_of_digits_is_masked_as_a_number_too(string json, string expected) =>
        Mask("123456").ApplyToJson(json).ShouldBe(expected);

    [Fact]
    public void A_value_that_is_json_is_masked_where_it_stands_as_json()
    {
        const string value = """{"user":"eve","password":"hunter2","port":5432}""";

        var masked = Mask(value).ApplyToJson($$"""{"account":{{value}},"text":{{JsonSerializer.Serialize(value)}},"other":"eve"}""");

        masked.ShouldBe("""{"account":{"***":"***","***":"***","***":"***"},"text":"***","other":"eve"}""");
    }

    [Fact]
    public void Short_values_are_not_masked_and_texts_without_values_are_the_same_object()
    {
        const string text = "a short one: 12345";

        Mask("12345").Apply(text, wasCut: true).ShouldBeSameAs(text);
        Mask("another value").Apply(text, wasCut: true).ShouldBeSameAs(text);
        new SecretMask().ApplyToJson(text).ShouldBeSameAs(text);
    }

    [Fact]
    public void An_execution_is_given_so_many_values_and_no_more()
    {
        var mask = new SecretMask();
        for (var i = 0; i < SecretMask.ValuesMax; i++) mask.Add($"value-{i:d4}").ShouldBeTrue();

        mask.Add("one-too-many").ShouldBeFalse();
        mask.Add("value-0000").ShouldBeTrue();
        new SecretMask().Add(new string('x', SecretMask.CharactersMax + 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task Values_may_come_while_texts_are_masked()
    {
        var mask = new SecretMask();
        var cancel = TestContext.Current.CancellationToken;
        var adding = Task.Run(() => Enumerable.Range(0, SecretMask.ValuesMax).All(i => mask.Add($"value-{i:d4}")), cancel);
        var isMasked = false;
        while (!adding.IsCompleted)
        {
            var text = mask.Apply("value-0001", wasCut: false);
            isMasked |= text == "***";
            // Never a part of it, and never again once it was masked.
            text.ShouldBe(isMasked ? "***" : "value-0001");
        }

        (await adding).ShouldBeTrue();
        mask.Apply("value-0049", wasCut: false).ShouldBe("***");
    }

    private static void JsonIsMasked(string value, string before, string after, int writer)
    {
        var tree = new JsonObject
        {
            ["plain"] = before + value + after,
            ["k" + value] = new JsonArray(1, null, true, before, new JsonObject { ["inner"] = JsonSerializer.Serialize(value) }),
        };
        var json = writer switch
        {
            0 => tree.ToJsonString(),
            1 => tree.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            _ => tree.ToJsonString(new JsonSerializerOptions { WriteIndented = true }),
        };

        var masked = Mask(value).ApplyToJson(json);

        using var read = JsonDocument.Parse(masked);
        Shape(read.RootElement).ShouldBe("{,s,[n,n,n,s,{,s,},],}".Replace("n,n,n", "Number,Null,True", StringComparison.Ordinal));
        Strings(read.RootElement).ShouldAllBe(text => !text.Contains(value, StringComparison.Ordinal));
        masked.ShouldNotContain(value);
    }

    private static SecretMask Mask(params string[] values)
    {
        var mask = new SecretMask();
        foreach (var value in values) mask.Add(value).ShouldBeTrue();
        return mask;
    }

    /// <summary>A text with the value in one of its spellings, and the part of it that must not be left.</summary>
    private static (string Text, string Secret) Spell(string value, string before, string after, int spelling)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        switch (spelling)
        {
            case 0: return Around(value);
            case 1: return Around(JsonSerializer.Serialize(value)[1..^1]);
            case 2: return Around(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value));
            case 3: return Around(Uri.EscapeDataString(value));
            case 4: return Around(Lower(Uri.EscapeDataString(value)));
            case 5: return Around(UrlSearchParameter(value));
            case 6: return Around(Lower(UrlSearchParameter(value)));
            case 7: return Around(EncodeUriComponent(value));
            default:
                // Two bytes in front at most, so that each place in a group of three occurs; with or without padding, both alphabets.
                var lead = Encoding.UTF8.GetBytes(new string('<', spelling % 3));
                var tail = spelling % 2 == 0 ? [] : Encoding.UTF8.GetBytes(after);
                var text = Convert.ToBase64String([.. lead, .. bytes, .. tail]);
                var own = text[(((lead.Length * 8) + 5) / 6)..((lead.Length + bytes.Length) * 8 / 6)];
                if (spelling >= 14) (text, own) = (UrlAlphabet(text), UrlAlphabet(own));
                return (text, own);
        }

        (string, string) Around(string secret) => (before + secret + after, secret);
    }

    private static string UrlAlphabet(string base64) => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string EncodeUriComponent(string value) => "!'()*".Aggregate(
        Uri.EscapeDataString(value), (text, kept) => text.Replace($"%{(int)kept:X2}", kept.ToString(), StringComparison.Ordinal));

    private static string UrlSearchParameter(string value) => Uri.EscapeDataString(value)
        .Replace("%20", "+", StringComparison.Ordinal)
        .Replace("%2A", "*", StringComparison.Ordinal)
        .Replace("~", "%7E", StringComparison.Ordinal);

    private static string Lower(string url) =>
        Regex.Replace(url, "%[0-9A-F]{2}", match => match.Value.ToLowerInvariant(), RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Shape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{," + string.Concat(element.EnumerateObject().Select(field => Shape(field.Value) + ",")) + "}",
        JsonValueKind.Array => "[" + string.Concat(element.EnumerateArray().Select(item => Shape(item) + ",")) + "]",
        JsonValueKind.String => "s",
        var kind => kind.ToString(),
    };

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Strings(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };
}
