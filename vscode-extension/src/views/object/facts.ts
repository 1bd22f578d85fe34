import { count, fileName, formatBytes } from '../../shared/format';
import type { ObjectInfo, SourceLocation } from '../../shared/protocol';

/** A line about an object: what it says, and how to read it. */
export interface Fact {
  label: string;
  /** Name of a codicon. */
  icon: string;
  value: string;
  explanation: string;
  location: SourceLocation | undefined;
}

/** What is told about an object, in the order in which it is told. */
export function factsOf(info: ObjectInfo): Fact[] {
  return [
    fact(
      'Shallow size',
      'symbol-ruler',
      formatBytes(info.shallowSize),
      'The object alone, with its garbage collector header.',
    ),
    fact(
      'Deep size',
      'symbol-structure',
      `${info.deepSize.text} · ${count(info.deepSize.objects, 'object')}`,
      'Everything that can be reached from it, except modules, classes and other shared things.',
    ),
    ...retainedFact(info),
    fact('References', 'references', references(info), "Strong references to it; the debugger's own are not counted."),
    fact(
      'Garbage collector',
      'trash',
      info.gcTracked ? 'tracked' : 'not tracked',
      'Only tracked objects can be part of a reference cycle that is collected.',
    ),
    fact(
      'Weak references',
      'link',
      info.weakReferences.toLocaleString('en-US'),
      'Weak references do not keep an object alive.',
    ),
    fact(
      'Address',
      'symbol-numeric',
      info.address,
      'Where it lies. An address is used again after its object is gone.',
    ),
    classFact(info),
  ];
}

function fact(label: string, icon: string, value: string, explanation: string, location?: SourceLocation): Fact {
  return { label, icon, value, explanation, location };
}

function retainedFact({ retainedSize }: ObjectInfo): Fact[] {
  if (retainedSize === undefined) {
    return [];
  }
  const value = `${retainedSize.text} · ${count(retainedSize.objects, 'object')}`;
  return [fact('Retained size', 'lock', value, 'What would be freed with it: all that nothing else keeps alive.')];
}

function references(info: ObjectInfo): string {
  return info.immortal || info.references === null ? 'immortal' : info.references.toLocaleString('en-US');
}

function classFact({ qualifiedType, classLocation }: ObjectInfo): Fact {
  if (classLocation === undefined) {
    return fact('Class', 'symbol-class', qualifiedType, 'Its source is not known: built in, or made by native code.');
  }
  const place = `${fileName(classLocation.path)}:${classLocation.line}`;
  return fact(
    'Class',
    'symbol-class',
    `${qualifiedType} — ${place}`,
    `Defined in ${classLocation.path}, line ${classLocation.line}.`,
    classLocation,
  );
}
