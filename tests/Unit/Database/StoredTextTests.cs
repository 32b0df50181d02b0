using CsCheck;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Database;

public sealed class StoredTextTests
{
    private static readonly Gen<string> Strings = Gen.OneOf(Gen.Char['a', 'z'], Gen.OneOf<char>(new[] { '\0', '\\', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\n', 'u' }.Select(one => (IGen<char>)Gen.Const(one)).ToArray()), Gen.Char).Array[0, 20].Select(characters => new string(characters));

    [Fact]
    public void Any_string_comes_back_and_is_storable() => Strings.Sample(text =>
    {
        var stored = StoredText.Encode(text)!;
        stored.ShouldNotContain('\0');
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(stored)).ShouldBe(stored);
        StoredText.Decode(stored).ShouldBe(text);
    });

    [Fact]
    public void Two_strings_are_never_stored_alike() => Gen.Select(Strings, Strings).Sample((one, other) =>
        (StoredText.Encode(one) == StoredText.Encode(other)).ShouldBe(one == other));

    [Fact]
    public void Usual_text_is_stored_as_it_is()
    {
        StoredText.Encode("naïve \ud83d\ude00 \\u0000 \\").ShouldBe("naïve \ud83d\ude00 \\u0000 \\");
        StoredText.Encode(null).ShouldBeNull();
    }
}
